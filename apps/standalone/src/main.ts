import { StoreLockedError, lockFolder } from '@daybook/embedded-store';
import { accessSync, constants, mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { BadSettingsError, type StandaloneConfig, readConfig } from './config';
import { loadDemo } from './demo';
import { type Part, partsOf, peers } from './parts';
import { holderOf, listenError } from './port-holder';
import { SupervisedPart } from './supervisor';
import { welcome } from './welcome';

const dist = join(dirname(resolve(process.argv[1] ?? '')), '../..');

/** Where the pids of the parts are. */
const runFolderIn = (folder: string) => join(folder, 'run');

const say = (name: string, line: string) => console.log(`${name.padEnd(18)} │ ${line}`);

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { demo: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  // Before anything is waited for: an end that is asked for meanwhile is heard.
  const asked = stopAsked();
  const config = readConfig();
  const parts = partsOf(config, dist);
  // Before anything starts: a second one would fight over the stores and the pid files.
  await takeFolder(resolve(config.DAYBOOK_DIR));
  const taken = await takenPorts(parts);
  if (taken.length > 0) {
    console.error(taken.join('\n'));
    return 2;
  }
  return supervise(config, parts, values.demo, asked);
}

async function supervise(
  config: StandaloneConfig,
  parts: readonly Part[],
  demo: boolean,
  asked: ReturnType<typeof stopAsked>,
): Promise<number> {
  const runFolder = runFolderIn(resolve(config.DAYBOOK_DIR));
  const running: SupervisedPart[] = [];
  const started = (async () => {
    for (const part of parts) {
      if (asked.aborted) return;
      const supervised = new SupervisedPart(part, runFolder, say);
      running.push(supervised);
      supervised.start();
      // A store must answer before the services that lean on it start.
      if (!part.readyPath) await supervised.ready();
    }
    const advice = await allReady(running);
    if (asked.aborted) return;
    if (demo) await loadDemo(peers(config).COMMAND_URL, (line) => say('demo', line));
    console.log(welcome(config));
    // Last, where it is seen: the ledger runs, but not all of it does its work.
    for (const text of advice) console.error(`${text}\n`);
  })();
  const failed = started.then(
    () => undefined,
    (error: Error) => error,
  );
  const failure = await Promise.race([failed, asked.promise]);
  if (!failure) await asked.promise;
  console.log('\nStopping …');
  // Services first, in reverse order of start: what they have in flight still finds its store.
  const codes: number[] = [];
  for (const part of running.reverse()) codes.push(await part.stop());
  // Last, where it is seen: below all that the parts have printed.
  if (failure) console.error(`\n${failure.message}`);
  if (failure instanceof BadSettingsError) return 2;
  return failure || codes.some((code) => code !== 0) ? 1 : 0;
}

/**
 * Resolves when all answer, with what to do about those that are held up; rejects, when all have
 * decided, with every bad setting or a failure.
 */
async function allReady(parts: readonly SupervisedPart[]): Promise<readonly string[]> {
  const results = await Promise.allSettled(parts.map((part) => part.ready()));
  const failures = results.flatMap((r) => (r.status === 'rejected' ? [r.reason] : []));
  const refusals = failures.filter((error) => error instanceof BadSettingsError);
  if (refusals.length > 0) throw new BadSettingsError(refusals.flatMap(({ lines }) => lines));
  if (failures.length > 0) throw new Error(failures.map(({ message }) => message).join('\n'));
  return results.flatMap((r) => (r.status === 'fulfilled' && r.value ? [r.value] : []));
}

/** Resolves at a signal to stop, and at the end of the process that started this one with IPC. */
function stopAsked() {
  const state = { aborted: false, promise: Promise.resolve<undefined>(undefined) };
  state.promise = new Promise((resolve) => {
    const stop = () => {
      state.aborted = true;
      resolve(undefined);
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
    if (process.connected) process.once('disconnect', stop);
  });
  return state;
}

async function takeFolder(folder: string): Promise<void> {
  try {
    await lockFolder(folder, 'npm start');
    const run = runFolderIn(folder);
    mkdirSync(run, { recursive: true });
    accessSync(run, constants.W_OK);
  } catch (error) {
    if (error instanceof StoreLockedError) throw error;
    throw new BadSettingsError([`DAYBOOK_DIR: cannot be used: ${(error as Error).message}`]);
  }
}

async function takenPorts(parts: readonly Part[]): Promise<string[]> {
  const lines = await Promise.all(
    parts.map(async ({ name, host, port, portSetting }) => {
      const error = await listenError(host, port);
      if (!error) return undefined;
      if (error.code !== 'EADDRINUSE') {
        return `${name}: ${error.message}. Set HOST and ${portSetting} to what it may listen on.`;
      }
      return (
        `Port ${port} for ${name} is taken by ${await holderOf(port)}. ` +
        `Stop it, or set ${portSetting} to another port.`
      );
    }),
  );
  return lines.filter((line) => line !== undefined);
}

const usage = `npm start [-- --demo]

Starts the whole ledger on this machine: both embedded stores, command, projector, query.
Data is kept in DAYBOOK_DIR (.daybook); a store whose URL is set (KURRENTDB_URL, MONGODB_URL)
is used where it is. Settings: see .env.example.

  --demo   also load a small made-up ledger`;

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    if (!(error instanceof StoreLockedError)) process.exit(2);
    console.error('Stop it, or set DAYBOOK_DIR to another folder and give each part another port.');
    process.exit(1);
  },
);
