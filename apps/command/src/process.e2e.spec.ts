import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startEmbeddedKurrentDB } from '@daybook/embedded-kurrentdb';
import { freePorts } from '@daybook/testing';
import { startStore, unique } from './testing/command-service.fixture';

const main = resolve(__dirname, '../../../dist/apps/command/main.js');

const laterFolder = mkdtempSync(join(tmpdir(), 'daybook-later-'));

let store: Awaited<ReturnType<typeof startStore>>;
let port = 0;

beforeAll(async () => {
  if (!existsSync(main)) throw new Error(`${main} is not there: build the command service first`);
  store = await startStore();
});
afterAll(async () => {
  await store.stop();
  rmSync(laterFolder, { recursive: true, force: true });
});
beforeEach(async () => {
  [port = 0] = await freePorts(1);
});

function start(environment: Record<string, string> = {}): ChildProcess & { text(): string } {
  let text = '';
  const env = { PATH: process.env['PATH'] ?? '', PORT: String(port), KURRENTDB_URL: store.url };
  const child = spawn(process.execPath, [main], { env: { ...env, ...environment } });
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  }
  return Object.assign(child, { text: () => text });
}

const exitOf = async (child: ChildProcess): Promise<number | null> =>
  child.exitCode ?? ((await once(child, 'exit')) as [number | null])[0];

async function untilReady(): Promise<void> {
  const end = Date.now() + 20_000;
  for (;;) {
    const ready = await fetch(`http://127.0.0.1:${port}/health/ready`).catch(() => undefined);
    if (ready?.ok) return;
    if (Date.now() > end) throw new Error('it did not become ready');
    await pause(50);
  }
}

const post = (path: string, body: object) =>
  fetch(`http://127.0.0.1:${port}${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  });

it.each(['SIGTERM', 'SIGINT'] as const)(
  'answers what is in flight and ends with 0 at %s',
  async (signal) => {
    const child = start();
    await untilReady();
    const accountId = unique('alice');
    expect((await post('/v1/accounts', { accountId, currency: 'EUR' })).status).toBe(201);
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const writer = writable.getWriter();
    const deposit = { type: 'deposit', accountId, amount: '1.00', currency: 'EUR' };
    const line = new TextEncoder().encode(`${JSON.stringify(deposit)}\n`);
    void writer.write(line);
    // Half a line is not a command: it is left out, not refused.
    void writer.write(line.slice(0, 20));
    const response = await fetch(`http://127.0.0.1:${port}/v1/batches`, {
      method: 'POST',
      body: readable,
      headers: { 'content-type': 'application/x-ndjson' },
      ...({ duplex: 'half' } as object),
    });
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    const results = [await reader.read()];
    child.kill(signal);
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      results.push(next);
    }
    const text = results.map(({ value }) => new TextDecoder().decode(value)).join('');
    expect(text.match(/"status":201/g)).toHaveLength(1);
    await expect(post('/v1/accounts', { currency: 'EUR' })).rejects.toThrow();
    expect(await exitOf(child)).toBe(0);
  },
);

it('ends when the process that started it is gone', async () => {
  const parent = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  const child = start({ DAYBOOK_PARENT_PID: String(parent.pid) });
  await untilReady();
  parent.kill('SIGKILL');
  expect(await exitOf(child)).toBe(0);
});

it('takes commands once its store is there, also when it was not at the start', async () => {
  const [storePort = 0] = await freePorts(1);
  const child = start({ KURRENTDB_URL: `kurrentdb://127.0.0.1:${storePort}?tls=false` });
  const body = { accountId: unique('alice'), currency: 'EUR' };
  const status = async () => (await post('/v1/accounts', body).catch(() => undefined))?.status;
  while ((await status()) !== 503) await pause(100);
  const later = await startEmbeddedKurrentDB({ dataDir: laterFolder, port: storePort });
  await untilReady();
  expect([200, 201]).toContain(await status());
  const deposit = { amount: '1.00', currency: 'EUR' };
  expect((await post(`/v1/accounts/${body.accountId}/deposits`, deposit)).status).toBe(201);
  child.kill('SIGTERM');
  expect(await exitOf(child)).toBe(0);
  await later.stop();
});

it('says everything that is wrong with its settings and does not start', async () => {
  const child = start({ PORT: 'x', LOG_LEVEL: 'loud', KURRENTDB_URL: 'nonsense' });
  expect(await exitOf(child)).toBe(2);
  for (const key of ['PORT', 'LOG_LEVEL', 'KURRENTDB_URL']) expect(child.text()).toContain(key);
});

it('logs no credentials', async () => {
  const child = start({ KURRENTDB_URL: store.url.replace('://', '://admin:changeit@') });
  await untilReady();
  child.kill('SIGTERM');
  expect(await exitOf(child)).toBe(0);
  expect(child.text()).toContain('started');
  expect(child.text()).not.toContain('changeit');
});
