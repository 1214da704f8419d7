import type { Readable } from 'node:stream';
import {
  UnavailableError,
  persistentSubscriptionToStreamSettingsFromDefaults,
} from '@kurrent/kurrentdb-client';
import { appendPath, bareCall, sessionPath } from './bare-call.fixture';
import { numbered, RunningServer } from './running-server.fixture';

let running: RunningServer;
beforeEach(async () => {
  running = new RunningServer();
  await running.start();
});
afterEach(() => running.end());

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('a stop', () => {
  test('does not wait for a slow reader, who is told', async () => {
    await running.client.appendToStream('long', numbered(...Array(20_000).keys()));
    let stopMs = Infinity;
    const stop = async () => {
      const begun = performance.now();
      await running.server.stop();
      stopMs = performance.now() - begun;
    };
    const read = async () => {
      let seen = 0;
      for await (const { event } of running.client.readStream('long')) {
        if (event && ++seen === 12) await stop();
      }
    };
    await expect(read()).rejects.toBeInstanceOf(UnavailableError);
    expect(stopMs).toBeLessThan(2_000);
  });
});

test('a stop answers every append that it takes', async () => {
  const told: number[] = [];
  const { client } = running;
  await client.appendToStream('flood', numbered(-1));
  const flood = Array.from({ length: 2_000 }, async (_, n) => {
    await client.appendToStream('flood', numbered(n));
    if (told.push(n) === 100) stopping = running.server.stop();
  });
  let stopping: Promise<void> | undefined;
  await Promise.allSettled(flood);
  await stopping;
  await running.start();
  const kept = new Set<unknown>();
  for await (const { event } of running.client.readStream('flood')) {
    kept.add((event!.data as { n: number }).n);
  }
  expect(kept).toEqual(new Set([-1, ...told]));
  expect(told.length).toBeLessThan(2_000);
});

test('a stop tells subscribers and consumers', async () => {
  const { client } = running;
  const settings = persistentSubscriptionToStreamSettingsFromDefaults();
  await client.createPersistentSubscriptionToStream('s', 'group', settings);
  const subscriptions = [
    client.subscribeToStream('s'),
    client.subscribeToAll(),
    client.subscribeToPersistentSubscriptionToStream('s', 'group'),
  ];
  const ended = subscriptions.map(
    (subscription) =>
      new Promise((resolve) => {
        (subscription as unknown as Readable).once('error', resolve).resume();
      }),
  );
  await pause(300);
  await running.server.stop();
  for (const error of await Promise.all(ended)) expect(error).toBeInstanceOf(UnavailableError);
});

test.each([appendPath, sessionPath])(
  'an append without an end does not keep the server from stopping: %s',
  async (path) => {
    const { session, status, arrived } = bareCall(running.server.port, path);
    await arrived;
    const begun = performance.now();
    await running.server.stop();
    expect(performance.now() - begun).toBeLessThan(1_000);
    expect(await status).toBe(14);
    session.destroy();
  },
);
