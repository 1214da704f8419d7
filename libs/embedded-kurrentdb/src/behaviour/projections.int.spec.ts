import { jsonEvent } from '@kurrent/kurrentdb-client';
import { RunningServer, numbered, shown } from './running-server.fixture';

let running: RunningServer;
beforeEach(async () => {
  running = new RunningServer();
  await running.start();
});
afterEach(() => running.end());

const follow = (name: string) => shown(running.client.readStream(name, { resolveLinkTos: true }));

/** The stream as soon as it has so many events. */
async function grown(name: string, count: number): Promise<string[]> {
  for (let tries = 0; tries < 200; tries++) {
    const events = await follow(name).catch(() => []);
    if (events.length >= count) return events;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return follow(name);
}

const names = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => `order-${from + i}@0:${from + i}`);
const order = async (n: number) => running.client.appendToStream(`order-${n}`, numbered(n));
const orders = async (from: number, to: number) => {
  for (let n = from; n < to; n++) await order(n);
};

test('a projection that a client switches on links what was there and what comes', async () => {
  await orders(0, 5);
  await running.client.enableProjection('$by_category');
  await orders(5, 10);
  expect(await grown('$ce-order', 10)).toEqual(names(0, 10));
  await orders(10, 12);
  expect(await grown('$ce-order', 12)).toEqual(names(0, 12));
  await expect(follow('$et-type-0')).rejects.toMatchObject({ type: 'stream-not-found' });
});

test('a link names the event that caused it', async () => {
  const event = jsonEvent({ type: 'Placed', data: {}, metadata: { $correlationId: 'c1' } });
  await running.client.appendToStream('order-1', event);
  for (const name of ['$by_event_type', '$by_correlation_id', '$streams']) {
    await running.client.enableProjection(name);
  }
  for (const name of ['$et-Placed', '$bc-c1', '$streams']) {
    await grown(name, 1);
    for await (const { link } of running.client.readStream(name, { resolveLinkTos: true })) {
      expect(link).toMatchObject({ type: '$>', metadata: { $causedBy: event.id } });
    }
  }
});

test('it goes on after a restart, without a gap and without doing anything twice', async () => {
  await running.client.enableProjection('$by_category');
  await orders(0, 40);
  await running.stop();
  await running.start();
  await orders(40, 50);
  expect(await grown('$ce-order', 50)).toEqual(names(0, 50));
});

test('switched off it stops, and goes on from there when it is switched on again', async () => {
  await running.client.enableProjection('$by_category');
  await order(0);
  expect(await grown('$ce-order', 1)).toEqual(names(0, 1));
  await running.client.disableProjection('$by_category');
  await order(1);
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(await follow('$ce-order')).toEqual(names(0, 1));
  await running.client.enableProjection('$by_category');
  expect(await grown('$ce-order', 2)).toEqual(names(0, 2));
});

test('the option linkStreams takes over from it, and hands back, without doubles', async () => {
  await running.client.enableProjection('$by_category');
  await orders(0, 3);
  await running.stop();
  await running.start({ linkStreams: true });
  expect(await follow('$ce-order')).toEqual(names(0, 3));
  await order(3);
  expect(await follow('$ce-order')).toEqual(names(0, 4));
  await running.client.enableProjection('$by_category');
  await expect(running.client.disableProjection('$by_category')).rejects.toMatchObject({
    code: 12,
  });
  await running.stop();
  await running.start();
  await running.client.enableProjection('$by_category');
  await order(4);
  expect(await grown('$ce-order', 5)).toEqual(names(0, 5));
});

test('a subscriber from the end, made after the events, still gets their links', async () => {
  await running.client.enableProjection('$by_event_type');
  await running.client.appendToStream('s', numbered(0, 3, 6));
  await new Promise((resolve) => setTimeout(resolve, 100));
  const subscription = running.client.subscribeToStream('$et-type-0', {
    fromRevision: 'end',
    resolveLinkTos: true,
  });
  const seen: unknown[] = [];
  for await (const { event } of subscription) {
    seen.push((event?.data as { n: number }).n);
    if (seen.length === 3) break;
  }
  expect(seen).toEqual([0, 3, 6]);
});

test('projections with code of their own are not supported', async () => {
  await expect(running.client.createProjection('own', 'fromAll()')).rejects.toMatchObject({
    code: 12,
  });
  for (const name of ['own', '$stream_by_category']) {
    await expect(running.client.enableProjection(name)).rejects.toMatchObject({ code: 12 });
    await expect(running.client.disableProjection(name)).rejects.toMatchObject({ code: 12 });
  }
});
