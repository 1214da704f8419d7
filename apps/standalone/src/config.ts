import { z } from 'zod';
import { partsOf } from './parts';

const noPort = 'must be a port: a whole number from 1 to 65535';
const port = z
  .string()
  .regex(/^\d{1,5}$/, noPort)
  .transform(Number)
  .pipe(z.number().min(1, noPort).max(65_535, noPort));

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

/** Some settings are not right; lists each once as `NAME: what is wrong`, and says what to do. */
export class BadSettingsError extends Error {
  constructor(readonly lines: readonly string[]) {
    const list = [...new Set(lines)].map((line) => `  ${line}\n`).join('');
    super(
      `These settings are not right:\n${list}` +
        'Correct them or leave them out, then start again; .env.example lists every setting.',
    );
    this.name = 'BadSettingsError';
  }
}

/** Reads the environment once. Empty is absent. Throws `BadSettingsError`. */
export function readConfig(env: NodeJS.ProcessEnv = process.env): StandaloneConfig {
  const given = Object.entries(env).filter(([, value]) => value !== '');
  const parsed = environment.safeParse(Object.fromEntries(given));
  const lines = parsed.success
    ? equalPorts(parsed.data)
    : parsed.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`);
  if (!parsed.success || lines.length > 0) throw new BadSettingsError(lines);
  return parsed.data;
}

/** Two parts cannot share a port; one whose URL is set has none here. */
function equalPorts(config: StandaloneConfig): string[] {
  const parts = partsOf(config, '');
  return parts.flatMap(({ port, portSetting }, i) => {
    const other = parts.slice(0, i).find((earlier) => earlier.port === port);
    return other
      ? [`${portSetting}: equals ${other.portSetting} (${port}); each needs its own`]
      : [];
  });
}

/** What a child process inherits, with its own settings on top. */
export function childEnvironment(own: Record<string, string>): NodeJS.ProcessEnv {
  return { ...process.env, ...own };
}
