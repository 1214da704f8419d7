import { EmbeddedStore } from '@daybook/embedded-store';
import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkStore } from './check-store';
import { expectAny, expectNoStream } from './commit-check';
import { Databases } from './databases';
import { EventStore } from './event-store';
import { storeFormats } from './layout';
import { streamRecordBytesMax, type StreamRecord } from './stream-record';

/*
 * A copy of a store in use is what a crash leaves: what it finds by replaying the log has to be what
 * the running store knows, whatever was saved until then.
 */
const command = 'the test';
const folder = mkdtempSync(join(tmpdir(), 'replay-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Step =
  | { readonly kind: 'append'; readonly stream: number; readonly events: number }
  | { readonly kind: 'metadata'; readonly stream: number; readonly maxCount: number }
  | { readonly kind: 'delete' | 'tombstone'; readonly stream: number };

const stream = fc.nat(9);
const steps = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('append' as const),
        stream,
        events: fc.integer({ min: 1, max: 20 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('metadata' as const),
        stream,
        maxCount: fc.integer({ min: 1, max: 9 }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constantFrom('delete' as const, 'tombstone' as const),
        stream,
      }),
    },
  ),
  { minLength: 1, maxLength: 40 },
);

const nameOf = (n: number) => Buffer.from(`stream-${n}`);
const event = (type: string, data: string) => ({
  id: randomUUID(),
  type: Buffer.from(type),
  contentType: 'application/json',
  metadata: Buffer.alloc(0),
  data: Buffer.from(data),
});

async function perform(store: EventStore, step: Step): Promise<void> {
  const name = nameOf(step.stream);
  if (step.kind === 'append') {
    const events = Array.from({ length: step.events }, () => event('happened', '{}'));
    await write(store, name, events);
  } else if (step.kind === 'metadata') {
    const metadata = event('$metadata', JSON.stringify({ $maxCount: step.maxCount }));
    await write(store, Buffer.concat([Buffer.from('$$'), name]), [metadata]);
  } else {
    await store.delete(name, expectAny, step.kind === 'tombstone');
  }
}

async function write(store: EventStore, name: Buffer, events: ReturnType<typeof event>[]) {
  const streams = [{ name, expected: expectAny }];
  await store.append({ streams, events: events.map((e) => ({ stream: 0, event: e })) }, 0);
}

/** What is known of every stream, in the form in which it is stored. */
function known(db: Databases): Map<string, string> {
  const stored = (record: StreamRecord) => {
    const bytes = Buffer.alloc(streamRecordBytesMax);
    return bytes.toString('hex', 0, record.encode(bytes, 0));
  };
  return new Map([...db.streamRecords()].map((r) => [r.key, stored(r)] as const).sort());
}

async function opened(
  dataDir: string,
): Promise<{ known: Map<string, string>; problems: string[] }> {
  const store = await EmbeddedStore.open({ dataDir, ...storeFormats, command, readOnly: true });
  const db = new Databases(store);
  const found = { known: known(db), problems: [...checkStore(db).problems] };
  await store.close();
  return found;
}

test('a store that was not closed knows after its start what it knew before', async () => {
  let run = 0;
  await fc.assert(
    fc.asyncProperty(steps, fc.constantFrom(1, 3_000, 20_000), async (plan, generationBytes) => {
      const dataDir = join(folder, String(run++));
      const store = await EventStore.open({ dataDir, command, generationBytes });
      for (const step of plan) await perform(store, step);
      const expected = known(store.databases);
      await store.store.backup(join(dataDir, 'crashed'));
      expect(await opened(join(dataDir, 'crashed'))).toEqual({ known: expected, problems: [] });
      await store.close();
      expect(await opened(dataDir)).toEqual({ known: expected, problems: [] });
      rmSync(dataDir, { recursive: true });
    }),
    { numRuns: 40 },
  );
}, 120_000);

describe('a store in use', () => {
  const dataDir = join(folder, 'in-use');
  const generationBytes = 150_000;
  let store: EventStore;
  let copies = 0;
  beforeAll(async () => (store = await EventStore.open({ dataDir, command, generationBytes })));
  afterAll(() => store.close());

  /** What a crash would leave of the store now. */
  async function crashed(): Promise<string> {
    const copy = join(dataDir, `crashed-${copies++}`);
    await store.store.backup(copy);
    return copy;
  }

  test('saves records slice by slice, and replays what it has not', async () => {
    let first = 0;
    for (let copy = 0; copy < 15; copy++) {
      for (let i = 0; i < 4; i++, first += 20) {
        const streams = Array.from({ length: 40 }, (_, n) => nameOf(first + n));
        await store.append(
          {
            streams: streams.map((name) => ({ name, expected: expectAny })),
            events: streams.map((_, n) => ({ stream: n, event: event('happened', '{}') })),
          },
          0,
        );
      }
      const expected = { known: known(store.databases), problems: [] };
      expect(await opened(await crashed())).toEqual(expected);
    }
    const { savedTo } = store.databases.unsaved;
    expect(savedTo).toBeGreaterThan(generationBytes);
    expect(store.statistics().logEnd - savedTo).toBeLessThan(3 * generationBytes);
  }, 60_000);

  test('can be written on after a crash', async () => {
    const copy = await crashed();
    const again = await EventStore.open({ dataDir: copy, command });
    const [one, other] = [nameOf(25), nameOf(5_000)];
    const streams = [
      { name: one, expected: 1 },
      { name: other, expected: expectNoStream },
    ];
    const events = [0, 1].map((n) => ({ stream: n, event: event('happened', '{}') }));
    expect(await again.append({ streams, events }, 0)).toMatchObject({
      streams: [{ revision: 2 }, { revision: 0 }],
    });
    await again.close();
    expect((await opened(copy)).problems).toEqual([]);
  });

  test('keeps what a start has to replay through a scavenge', async () => {
    const short = nameOf(6_000);
    // Two appends, so two blocks, of which the first goes whole.
    for (const count of [5, 1]) {
      await write(
        store,
        short,
        Array.from({ length: count }, () => event('happened', '{}')),
      );
    }
    const limit = event('$metadata', '{"$maxCount":1}');
    await write(store, Buffer.concat([Buffer.from('$$'), short]), [limit]);
    expect((await store.scavenge()).removedEvents).toBe(5);
    await write(store, nameOf(4), [event('happened', '{}')]);
    const expected = { known: known(store.databases), problems: [] };
    expect(await opened(await crashed())).toEqual(expected);
  });
});
