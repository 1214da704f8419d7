import {
  AppendConsistencyViolationError,
  binaryEvent,
  jsonEvent,
  StreamDeletedError,
  StreamNotFoundError,
  WrongExpectedVersionError,
} from '@kurrent/kurrentdb-client';
import { numbered, RunningServer, shown } from './running-server.fixture';

const running = new RunningServer();
beforeAll(() => running.start());
afterAll(() => running.end());

const check = (streamName: string, expectedState: bigint | 'no_stream' | 'stream_exists') => ({
  type: 'stream_state' as const,
  streamName,
  expectedState,
});

describe('appending', () => {
  test('a repeated append writes nothing and answers as the first did', async () => {
    const events = numbered(1, 2);
    const first = await running.client.appendToStream('repeat', events, {
      streamState: 'no_stream',
    });
    const second = await running.client.appendToStream('repeat', events, {
      streamState: 'no_stream',
    });
    expect(second).toEqual(first);
    expect(await shown(running.client.readStream('repeat'))).toEqual(['repeat@0:1', 'repeat@1:2']);
  });

  test('a conflict names the actual revision', async () => {
    await running.client.appendToStream('conflict', numbered(1, 2));
    const refused = running.client.appendToStream('conflict', numbered(3), { streamState: 0n });
    await expect(refused).rejects.toMatchObject({ actualState: 1n, expectedState: 0n });
    await expect(refused).rejects.toBeInstanceOf(WrongExpectedVersionError);
  });

  test('the classic append, which per-call credentials choose, answers the same', async () => {
    const credentials = { username: 'any', password: 'any' };
    const done = await running.client.appendToStream('classic', numbered(1), { credentials });
    expect(done.nextExpectedRevision).toBe(0n);
    const refused = running.client.appendToStream('classic', numbered(2), {
      credentials,
      streamState: 'no_stream',
    });
    await expect(refused).rejects.toMatchObject({
      type: 'wrong-expected-version',
      actualState: 0n,
    });
  });

  test('a thousand appends at once all arrive, each once', async () => {
    const work = Array.from({ length: 1_000 }, (_, n) =>
      running.client.appendToStream(`flood-${n % 10}`, numbered(n)),
    );
    await Promise.all(work);
    const seen = await shown(
      running.client.readAll({
        filter: { filterOn: 'streamName', prefixes: ['flood-'], checkpointInterval: 1 },
      }),
    );
    expect(new Set(seen.map((s) => s.split(':')[1])).size).toBe(1_000);
    expect(seen).toHaveLength(1_000);
  });
});

describe('appending records under checks', () => {
  test('streams whose names differ only in case stay apart', async () => {
    const [a, b] = numbered(1, 2);
    await running.client.appendRecords([
      { streamName: 'case-Abc', record: a! },
      { streamName: 'case-abc', record: b! },
    ]);
    expect(await shown(running.client.readStream('case-Abc'))).toEqual(['case-Abc@0:1']);
    expect(await shown(running.client.readStream('case-abc'))).toEqual(['case-abc@0:2']);
  });

  test('all or nothing: every failing check is named and nothing is written', async () => {
    await running.client.appendToStream('checked', numbered(1));
    const refused = running.client.appendRecords(
      [{ streamName: 'unwritten', record: numbered(2)[0]! }],
      [check('checked', 7n), check('unwritten', 'no_stream'), check('missing', 'stream_exists')],
    );
    await expect(refused).rejects.toBeInstanceOf(AppendConsistencyViolationError);
    await expect(refused).rejects.toMatchObject({
      violations: [
        { checkIndex: 0, streamName: 'checked', expectedState: 7n, actualState: 0n },
        { checkIndex: 2, streamName: 'missing', actualState: 'no_stream' },
      ],
    });
    await expect(shown(running.client.readStream('unwritten'))).rejects.toBeInstanceOf(
      StreamNotFoundError,
    );
  });

  test('an unchanged append is recognised after later writes to its streams', async () => {
    const records = numbered(1, 2).map((record, i) => ({ streamName: `kept-${i}`, record }));
    const checks = [check('kept-0', 'no_stream'), check('kept-1', 'no_stream')];
    const first = await running.client.appendRecords(records, checks);
    for (let i = 0; i < 40; i++) await running.client.appendToStream('kept-0', numbered(i));
    expect(await running.client.appendRecords(records, checks)).toEqual(first);
  });
});

describe('deleting', () => {
  test('a soft-deleted stream is gone, and goes on with its next revision', async () => {
    await running.client.appendToStream('soft', numbered(1, 2));
    await running.client.deleteStream('soft');
    await expect(shown(running.client.readStream('soft'))).rejects.toBeInstanceOf(
      StreamNotFoundError,
    );
    await running.client.appendToStream('soft', numbered(3), { streamState: 'no_stream' });
    expect(await shown(running.client.readStream('soft'))).toEqual(['soft@2:3']);
  });

  test('a tombstone is for ever', async () => {
    await running.client.appendToStream('hard', numbered(1));
    await running.client.tombstoneStream('hard');
    const again = running.client.appendToStream('hard', numbered(2));
    await expect(again).rejects.toBeInstanceOf(StreamDeletedError);
    await expect(shown(running.client.readStream('hard'))).rejects.toBeInstanceOf(
      StreamDeletedError,
    );
  });
});

describe('reading', () => {
  test('every revision of a long stream is found from both ends', async () => {
    const numbers = Array.from({ length: 700 }, (_, n) => n);
    for (let at = 0; at < 700; at += 70) {
      await running.client.appendToStream('long', numbered(...numbers.slice(at, at + 70)));
    }
    for (const from of [0, 1, 15, 16, 17, 255, 256, 511, 512, 699]) {
      const forwards = await shown(
        running.client.readStream('long', { fromRevision: BigInt(from), maxCount: 5 }),
      );
      expect(forwards).toEqual(numbers.slice(from, from + 5).map((n) => `long@${n}:${n}`));
      const backwards = await shown(
        running.client.readStream('long', {
          direction: 'backwards',
          fromRevision: BigInt(from),
          maxCount: 5,
        }),
      );
      const expected = numbers.slice(Math.max(0, from - 4), from + 1).reverse();
      expect(backwards).toEqual(expected.map((n) => `long@${n}:${n}`));
    }
    expect(await shown(running.client.readStream('long'))).toHaveLength(700);
  });

  test('links are followed, and shown alone when their event is gone', async () => {
    const links = ['0@target', '9@target'].map((to) =>
      binaryEvent({ type: '$>', data: Buffer.from(to) }),
    );
    await running.client.appendToStream('target', numbered(1, 2, 3));
    await running.client.appendToStream('links', links);
    const seen: unknown[] = [];
    for await (const { event, link } of running.client.readStream('links', {
      resolveLinkTos: true,
    })) {
      seen.push([event?.streamId, link?.streamId]);
    }
    expect(seen).toEqual([
      ['target', 'links'],
      [undefined, 'links'],
    ]);
  });

  test('limits in the metadata hide older events', async () => {
    await running.client.appendToStream('limited', numbered(0, 1, 2, 3, 4));
    await running.client.setStreamMetadata('limited', { maxCount: 2 });
    expect(await shown(running.client.readStream('limited'))).toEqual([
      'limited@3:3',
      'limited@4:4',
    ]);
    await running.client.setStreamMetadata('limited', { truncateBefore: 4 });
    expect(await shown(running.client.readStream('limited'))).toEqual(['limited@4:4']);
    const { metadata } = await running.client.getStreamMetadata('limited');
    expect(metadata).toEqual({ truncateBefore: 4 });
  });

  test('impossible reads are refused', async () => {
    const none = running.client.readAll({ fromPosition: { commit: 3n, prepare: 3n }, maxCount: 1 });
    await expect(shown(none)).rejects.toMatchObject({ type: 'unavailable' });
    const nothing = running.client.readAll({ maxCount: 0 });
    await expect(shown(nothing)).rejects.toMatchObject({ type: 'unavailable' });
    const broken = running.client.readAll({
      filter: { filterOn: 'streamName', regex: '(', checkpointInterval: 1 },
    });
    await expect(shown(broken)).rejects.toMatchObject({ type: 'unavailable' });
  });

  test('large events come back whole', async () => {
    const data = Buffer.alloc(3_000_000, 7);
    await running.client.appendToStream('large', [binaryEvent({ type: 'large', data })]);
    for await (const { event } of running.client.readStream('large')) {
      expect(Buffer.compare(event!.data as Uint8Array, data)).toBe(0);
    }
    const [first] = [jsonEvent({ type: 'after', data: { n: 1 } })];
    await running.client.appendToStream('large', [first!]);
    expect(await shown(running.client.readStream('large', { fromRevision: 1n }))).toEqual([
      'large@1:1',
    ]);
  });
});
