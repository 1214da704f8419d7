/** Defaults of the command line's options: what `npm start` starts. */
export interface CliConfig {
  readonly url: string;
  readonly kurrentUrl: string;
  readonly mongoUrl: string;
  readonly folder: string;
}

export function readConfig(env: NodeJS.ProcessEnv = process.env): CliConfig {
  const port = (name: string, standard: number) => env[name] || String(standard);
  const kurrentPort = port('EMBEDDED_KURRENTDB_PORT', 2113);
  const mongoPort = port('EMBEDDED_MONGODB_PORT', 27017);
  return {
    url: env['COMMAND_URL'] || `http://127.0.0.1:${port('COMMAND_PORT', 3001)}`,
    kurrentUrl: env['KURRENTDB_URL'] || `kurrentdb://127.0.0.1:${kurrentPort}?tls=false`,
    mongoUrl: env['MONGODB_URL'] || `mongodb://127.0.0.1:${mongoPort}/daybook`,
    folder: env['DAYBOOK_DIR'] || '.daybook',
  };
}
