import {
  eventTypeFilter,
  jsonEvent,
  streamNameFilter,
  type AllStreamRecordedEvent,
  type Filter,
} from '@kurrent/kurrentdb-client';
import { RunningServer } from './running-server.fixture';

const running = new RunningServer();
beforeAll(() => running.start());
afterAll(() => running.end());

const APPENDS = 600;
/** So much that a subscriber who takes its time keeps the server waiting. */
const padding = 'x'.repeat(20_000);

/** Appends of one to 60 events to a few streams, a few types, most of which no filter here wants. */
async function appendAtRandom(): Promise<void> {
  const appended: Promise<unknown>[] = [];
  for (let n = 0; n < APPENDS; n += 1) {
    const wanted = Math.random() < 0.2;
    const records = Array.from({ length: 1 + Math.floor(Math.random() * 3) }, (_, i) => ({
      streamName: `${wanted && Math.random() < 0.5 ? 'wanted' : 'other'}-${n % 7}`,
      record: jsonEvent({
        type: wanted && Math.random() < 0.5 ? 'Wanted' : 'Other',
        data: { n, i, ...(wanted && { padding }) },
      }),
    }));
    if (n % 50 === 0) {
      const many = Array.from({ length: 60 }, (_, i) => jsonEvent({ type: 'Other', data: { i } }));
      await running.client.appendToStream('other-many', many);
    }
    // Some come while the one before is being answered.
    appended.push(running.client.appendRecords(records));
    if (n % 3 > 0) await Promise.all(appended);
  }
  await running.client.appendToStream('wanted-last', jsonEvent({ type: 'Wanted', data: {} }));
}

interface Followed {
  readonly events: AllStreamRecordedEvent[];
  readonly checkpoints: bigint[];
}

async function follow(filter: Filter, slow: boolean): Promise<Followed> {
  const followed: Followed = { events: [], checkpoints: [] };
  const subscription = running.client.subscribeToAll(
    {
      fromPosition: 'end',
      filter: {
        ...filter,
        checkpointReached: async (_, { commit }) => void followed.checkpoints.push(commit),
      },
    },
    { highWaterMark: 1 },
  );
  for await (const { event } of subscription) {
    if (!event) continue;
    followed.events.push(event);
    if (event.streamId === 'wanted-last') break;
    if (slow) await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await subscription.unsubscribe();
  return followed;
}

const filters: Record<string, [Filter, (event: AllStreamRecordedEvent) => boolean]> = {
  'stream names': [
    streamNameFilter({ prefixes: ['wanted-', 'no-such-'] }),
    ({ streamId }) => streamId.startsWith('wanted-'),
  ],
  types: [eventTypeFilter({ prefixes: ['Wanted'] }), ({ type }) => type === 'Wanted'],
  'stream names, with few checkpoints': [
    streamNameFilter({ prefixes: ['wanted-'], checkpointInterval: 50 }),
    ({ streamId }) => streamId.startsWith('wanted-'),
  ],
  'types, with few checkpoints': [
    eventTypeFilter({ prefixes: ['Wanted'], checkpointInterval: 50 }),
    ({ type }) => type === 'Wanted',
  ],
  'a pattern': [
    eventTypeFilter({ regex: '^Want', checkpointInterval: 50 }),
    ({ type }) => type === 'Wanted',
  ],
};

test('subscribers to little of a busy log get all of that, in order, and checkpoints', async () => {
  const before = await running.client.appendToStream('before', jsonEvent({ type: 'B', data: {} }));
  const following = Object.entries(filters).flatMap(([name, [filter, passes]]) =>
    [false, true].map((slow) => ({ name, filter, passes, followed: follow(filter, slow) })),
  );
  await new Promise((resolve) => setTimeout(resolve, 200));
  await appendAtRandom();
  const all: AllStreamRecordedEvent[] = [];
  for await (const { event } of running.client.readAll({ fromPosition: before.position! })) {
    if (event && event.streamId !== 'before') all.push(event);
  }
  for (const { name, filter, passes, followed } of following) {
    const { events, checkpoints } = await followed;
    const ids = events.map(({ id }) => id);
    expect([name, ids]).toEqual([name, all.filter(passes).map(({ id }) => id)]);
    const interval = 32 * filter.checkpointInterval;
    // One comes after so many events, and one where a slow subscriber has caught up again.
    const places = all.map(({ position }) => position.commit);
    const reached = [-1, ...checkpoints.map((place) => places.indexOf(place)), all.length - 1];
    const steps = reached.slice(1).map((place, i) => place - reached[i]!);
    expect(Math.min(...steps.slice(0, -1))).toBeGreaterThan(0);
    expect(Math.max(...steps)).toBeLessThanOrEqual(interval);
  }
});
