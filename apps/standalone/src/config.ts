import { z } from 'zod';

const port = z.coerce.number().int().min(1).max(65_535);

const environment = z.object({
  DAYBOOK_DIR: z.string().min(1).default('.daybook'),
  HOST: z.string().min(1).default('127.0.0.1'),
  COMMAND_PORT: port.default(3001),
  QUERY_PORT: port.default(3002),
  PROJECTOR_PORT: port.default(3003),
  EMBEDDED_KURRENTDB_PORT: port.default(2113),
  EMBEDDED_MONGODB_PORT: port.default(27017),
  /** Set: that store is used and none is started. */
  KURRENTDB_URL: z.string().min(1).optional(),
  MONGODB_URL: z.string().min(1).optional(),
});

export type StandaloneConfig = z.infer<typeof environment>;

/** Reads the environment once; every bad key is named in the error. */
export function readConfig(env: NodeJS.ProcessEnv = process.env): StandaloneConfig {
  const parsed = environment.safeParse(env);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map((i) => `  ${i.path.join('.')}: ${i.message}`);
  throw new Error(`These settings are not right:\n${lines.join('\n')}`);
}

/** What a child process inherits, with its own settings on top. */
export function childEnvironment(own: Record<string, string>): NodeJS.ProcessEnv {
  return { ...process.env, ...own };
}
