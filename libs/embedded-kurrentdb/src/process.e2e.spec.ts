import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '@daybook/testing';
import { KurrentDBClient, UnavailableError, jsonEvent } from '@kurrent/kurrentdb-client';
import { build } from 'esbuild';

const root = join(__dirname, '..', '..', '..');
let work: string;
let cli: string;
let child: ChildProcess | undefined;

beforeAll(async () => {
  work = mkdtempSync(join(tmpdir(), 'embedded-kurrentdb-'));
  cli = join(root, 'dist', '.embedded-kurrentdb-test', `${process.pid}`, 'cli.js');
  await build({
    entryPoints: [join(__dirname, 'cli.ts')],
    outfile: cli,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['lmdb'],
    alias: { '@daybook/embedded-store': join(root, 'libs', 'embedded-store', 'src', 'index.ts') },
  });
}, 60_000);
afterAll(() => {
  child?.kill('SIGKILL');
  rmSync(work, { recursive: true, force: true });
  rmSync(join(cli, '..'), { recursive: true, force: true });
});

function start(data: string, port: number): Promise<ChildProcess> {
  const started = spawn(process.execPath, [cli, '--data', join(work, data), '--port', `${port}`], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  child = started;
  return new Promise((resolve) => started.stdout?.once('data', () => resolve(started)));
}

const exitOf = (started: ChildProcess) =>
  new Promise<number | null>((resolve) => started.once('exit', resolve));

/** Appends to a stream of its own until that fails; says how many were acknowledged, and why. */
async function appendUntilItFails(client: KurrentDBClient, stream: string) {
  for (let n = 0; ; n++) {
    try {
      await client.appendToStream(stream, jsonEvent({ type: 'counted', data: { n } }));
    } catch (error) {
      return { stream, acknowledged: n, error };
    }
  }
}

/** Calls until it is answered: a client needs a few tries to find a server that was away. */
async function answered<T>(call: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await call();
    } catch (error) {
      if (tries === 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

async function numbersOf(reading: AsyncIterable<{ event?: { data: unknown } }>, atMost = Infinity) {
  const numbers: number[] = [];
  for await (const { event } of reading) {
    if (numbers.push((event?.data as { n: number }).n) === atMost) break;
  }
  return numbers;
}

it('killed and started again on its port, its clients find it and all they were told', async () => {
  const [port = 0] = await freePorts(1);
  const first = await start('killed', port);
  const client = KurrentDBClient.connectionString(`kurrentdb://127.0.0.1:${port}?tls=false`);
  await client.enableProjection('$by_category');
  const subscription = client.subscribeToStream('lane-0');
  const broken = new Promise((resolve) => subscription.once('error', resolve));
  subscription.resume();
  const lanes = Array.from({ length: 16 }, (_, i) => appendUntilItFails(client, `lane-${i}`));
  await new Promise((resolve) => setTimeout(resolve, 700));
  first.kill('SIGKILL');
  const ended = await Promise.all(lanes);
  expect(await broken).toBeInstanceOf(UnavailableError);
  const second = await start('killed', port);
  await answered(() => client.appendToStream('after', jsonEvent({ type: 'counted', data: {} })));
  let total = 0;
  for (const { stream, acknowledged, error } of ended) {
    expect(error).toBeInstanceOf(UnavailableError);
    expect(acknowledged).toBeGreaterThan(0);
    const kept = await answered(() => numbersOf(client.readStream(stream)));
    expect(kept.slice(0, acknowledged)).toEqual([...Array(acknowledged).keys()]);
    // What was in flight may be there, once.
    expect(kept.length - acknowledged).toBeLessThanOrEqual(1);
    expect(await numbersOf(client.subscribeToStream(stream), kept.length)).toEqual(kept);
    total += kept.length;
  }
  // Every event has its link, once, whenever the projection was killed.
  const links = client.subscribeToStream('$ce-lane');
  const targets: string[] = [];
  for await (const { event } of links) {
    if (targets.push(Buffer.from(event?.data as Uint8Array).toString()) === total) break;
  }
  expect(new Set(targets).size).toBe(total);
  await client.dispose();
  second.kill('SIGTERM');
  expect(await exitOf(second)).toBe(0);
}, 60_000);

it('ends cleanly with the process that started it', async () => {
  const started = await start('data', 0);
  const exited = exitOf(started);
  // What this end of the channel sees when its process is killed.
  started.disconnect();
  expect(await exited).toBe(0);
}, 30_000);

it('told to end as soon as it says that it listens, it ends cleanly', async () => {
  for (let n = 0; n < 5; n++) {
    const started = await start('eager', 0);
    const exited = exitOf(started);
    started.kill('SIGTERM');
    expect(await exited).toBe(0);
  }
}, 30_000);
