import type { z } from 'zod';

export interface BadSetting {
  readonly key: string;
  readonly message: string;
}

/** The environment does not describe a service that can run; lists every bad key at once. */
export class ConfigError extends Error {
  readonly code = 'InvalidConfig';
  readonly retryable = false;

  constructor(readonly settings: readonly BadSetting[]) {
    super(`invalid settings: ${settings.map((s) => `${s.key}: ${s.message}`).join('; ')}`);
    this.name = 'ConfigError';
  }
}

/** Reads an app's settings from the environment, once. Empty is absent. Throws `ConfigError`. */
export function loadConfig<Schema extends z.ZodObject>(
  schema: Schema,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): z.output<Schema> {
  const given: Record<string, string> = {};
  for (const key of Object.keys(schema.shape)) {
    const value = environment[key];
    if (value !== undefined && value !== '') given[key] = value;
  }
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new ConfigError(
    parsed.error.issues.map((issue) => ({
      key: String(issue.path[0]),
      message: issue.message,
    })),
  );
}

const credentials = /\/\/[^/@\s]*@/g;
const secretName = /(secret|password|token|key)$/i;

/** The settings as they may be logged: no credentials of URLs, nothing that is named a secret. */
export function redactConfig(config: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(config).map(([name, value]) => {
      if (secretName.test(name) && value !== undefined) return [name, '[redacted]'];
      if (typeof value !== 'string') return [name, value];
      return [name, value.replace(credentials, '//[redacted]@')];
    }),
  );
}
