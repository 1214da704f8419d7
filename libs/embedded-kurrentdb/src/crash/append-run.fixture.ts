import {
  AppendConsistencyViolationError,
  KurrentDBClient,
  WrongExpectedVersionError,
  jsonEvent,
} from '@kurrent/kurrentdb-client';
import { writeSync } from 'node:fs';
import { startEmbeddedKurrentDB } from '../index';
import { planOf, type PlannedAppend } from './append-plan';

/*
 * The recorded process: a server and a client that makes one append after the other. It says, in order
 * with its writes, what it is about to do and what it was told.
 */
const say = (line: string) => writeSync(1, `${line}\n`);

async function main(dataDir: string, count: number): Promise<void> {
  const server = await startEmbeddedKurrentDB({
    dataDir,
    port: 0,
    onFailure: () => say('poisoned'),
  });
  const client = KurrentDBClient.connectionString(server.url);
  say('open');
  for (const planned of planOf(count)) {
    say(`try ${planned.n}`);
    say(`${await outcomeOf(client, planned)} ${planned.n}`);
  }
  await client.dispose();
  await server.stop();
  say('stopped');
}

async function outcomeOf(client: KurrentDBClient, planned: PlannedAppend): Promise<string> {
  try {
    await perform(client, planned);
    return 'acknowledged';
  } catch (error) {
    const refused =
      error instanceof WrongExpectedVersionError ||
      error instanceof AppendConsistencyViolationError;
    return refused ? 'refused' : 'unknown';
  }
}

async function perform(
  client: KurrentDBClient,
  { n, kind, streams }: PlannedAppend,
): Promise<void> {
  const event = jsonEvent({ type: 'planned', data: { n, filler: 'x'.repeat((n * 37) % 600) } });
  const [stream = ''] = streams;
  if (kind === 'one') await client.appendToStream(stream, event);
  if (kind === 'conflicting')
    await client.appendToStream(stream, event, { streamState: 1_000_000n });
  if (kind !== 'several' && kind !== 'violating') return;
  const records = streams.map((streamName) => ({
    streamName,
    record: jsonEvent({ type: 'planned', data: { n, filler: 'y'.repeat((n * 53) % 900) } }),
  }));
  const expectedState = kind === 'violating' ? 1_000_000n : 'no_stream';
  await client.appendRecords(records, [
    { type: 'stream_state', streamName: `never-${n}`, expectedState },
  ]);
}

/** Killing strace would leave this process behind, so it ends by itself when something hangs. */
const runMsMax = 150_000;
setTimeout(() => process.exit(3), runMsMax).unref();

const [dataDir, count] = process.argv.slice(2);
if (dataDir === undefined) throw new Error('the data folder is missing');
main(dataDir, Number(count)).then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
