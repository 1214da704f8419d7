import { parseArgs, type ParseArgsConfig } from 'node:util';
import { type StartArguments, statusOfFailedStart, whyNotStarted } from './why-not-started';

/** The command line is not right: the command ends with 2 and its usage. */
export class UsageError extends Error {}

/** The arguments of this process. Throws `UsageError`. */
export function readArguments<Config extends ParseArgsConfig>(config: Config) {
  try {
    return parseArgs(config);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** A port as the command line has it. Throws `UsageError`. */
export function portOf(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new UsageError(`--port ${text} is no port`);
}

/** Runs a store's command: its process ends with the status, if any, or with why it failed. */
export function runCommand(
  name: string,
  usage: string,
  command: () => Promise<number | undefined>,
): void {
  command().then(
    (status) => {
      if (status !== undefined) process.exit(status);
    },
    (error: unknown) => {
      const problem = error instanceof Error ? error.message : String(error);
      if (error instanceof UsageError) end(name, `${problem}\n${usage}`, 2);
      end(name, problem, 1);
    },
  );
}

/**
 * Starts a server. Its process ends with 0 at SIGTERM, SIGINT or the end of the one that started it
 * with IPC, and with why when the server cannot start or fails.
 */
export async function serve<Server extends { stop(): Promise<void> }>(
  name: string,
  given: StartArguments,
  start: (onFailure: (error: unknown) => never) => Promise<Server>,
): Promise<Server> {
  const fail = (error: unknown) =>
    end(name, whyNotStarted(error, given), statusOfFailedStart(error));
  const starting = start(fail);
  const stop = (): void =>
    void starting.then((server) => server.stop()).then(() => process.exit(0), fail);
  // Before it listens: whoever starts it may end it as soon as it says so, and sooner.
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  if (process.connected) process.once('disconnect', stop);
  return starting.catch(fail);
}

function end(name: string, problem: string, status: number): never {
  process.stderr.write(`${name}: ${problem}\n`);
  process.exit(status);
}
