import { catchUp, type CatchUpOptions, type GroupBatch } from './catch-up';
import { LOG_START, placeAfter } from './group';
import { MemoryLog } from './memory-log.fixture';
import { ViewsOfAnotherLog } from './same-log';

const backoff = { firstMs: 1, longestMs: 2 };

function reading(log: MemoryLog, over: Partial<CatchUpOptions> = {}, from = LOG_START) {
  const stop = new AbortController();
  const options = {
    prefixes: ['account-'],
    pageSize: 10,
    signal: stop.signal,
    backoff,
    ...over,
  };
  return { stop, batches: catchUp(log, from, options) };
}

const groups = (batches: readonly GroupBatch[]) => batches.flatMap((batch) => batch.groups);

const positions = (batches: readonly GroupBatch[]) =>
  groups(batches).map(({ position }) => position);

async function take(batches: AsyncGenerator<GroupBatch>, count: number): Promise<GroupBatch[]> {
  const taken: GroupBatch[] = [];
  while (positions(taken).length < count) {
    const { value, done } = await batches.next();
    if (done) break;
    taken.push(value);
  }
  return taken;
}

const filled = (count: number, size = 3): MemoryLog => {
  const log = new MemoryLog();
  for (let i = 0; i < count; i += 1) {
    log.append(Array.from({ length: size }, (_, k) => `account-${k}`));
  }
  return log;
};

describe('catching up', () => {
  it('reads whole groups, says when it is at the end, and follows what comes', async () => {
    const log = filled(21);
    const { stop, batches } = reading(log);
    const first = await take(batches, 21);
    expect(positions(first)).toEqual(Array.from({ length: 21 }, (_, i) => BigInt(i + 1) * 30n));
    expect(first.map(({ atEnd }) => atEnd)).not.toContain(true);
    expect((await batches.next()).value).toEqual({
      groups: [],
      reached: placeAfter(groups(first).at(-1)!),
      atEnd: true,
    });
    const next = batches.next();
    setTimeout(() => log.append(['account-9']), 5);
    expect((await next).value).toMatchObject({ groups: [{ position: 640n }], atEnd: true });
    stop.abort();
    expect((await batches.next()).done).toBe(true);
  });

  it('goes on after the place it is given, with its recorded time', async () => {
    const log = new MemoryLog();
    log.append(['account-a'], 900);
    log.append(['account-a'], 100);
    const [first, second] = groups(await take(reading(log).batches, 2));
    const again = groups(await take(reading(log, {}, placeAfter(first!)).batches, 1));
    expect(again).toEqual([second]);
    expect(again[0]?.recordedAt).toEqual(new Date(900));
  });

  it('moves its place past records that are in no group, and over many of them', async () => {
    const log = filled(2);
    const { stop, batches } = reading(log, { passing: ['command-'] });
    const { recordedAt, last } = (await take(batches, 2)).at(-1)!.reached;
    expect(last).toEqual({ stream: 'account-2', revision: 1, id: 'id-60' });
    const reachedBy = async (position: bigint) => {
      for (;;) {
        const { value } = await batches.next();
        if (!value) throw new Error('ended');
        expect(value.groups).toEqual([]);
        if (value.reached.position === position) return value;
      }
    };
    for (let i = 0; i < 30; i += 1) log.append(['command-1']);
    expect((await reachedBy(360n)).reached).toEqual({ position: 360n, recordedAt, last });
    log.append(['snapshot-1']);
    log.append(['command-2', 'command-2']);
    expect((await reachedBy(390n)).reached).toEqual({ position: 390n, recordedAt, last });
    log.append(['account-0']);
    const next = await take(batches, 1);
    expect(next.at(-1)?.reached.position).toBe(400n);
    stop.abort();
  });

  it('begins to pass once there is a group', async () => {
    const log = new MemoryLog();
    log.append(['command-1']);
    const { stop, batches } = reading(log, { passing: ['command-'] });
    expect((await batches.next()).value).toEqual({ groups: [], reached: LOG_START, atEnd: true });
    log.append(['account-1']);
    expect((await take(batches, 1)).at(-1)?.reached.position).toBe(20n);
    stop.abort();
  });

  it('takes groups greater than a page', async () => {
    const log = filled(2, 35);
    const taken = await take(reading(log).batches, 2);
    expect(positions(taken)).toEqual([350n, 700n]);
  });

  it('loses and doubles nothing over lost connections', async () => {
    const log = filled(5);
    log.failNextFollows = 2;
    const failures: number[] = [];
    const { stop, batches } = reading(log, { onReadFailure: (_, count) => failures.push(count) });
    const first = await take(batches, 5);
    expect(failures).toEqual([1, 2]);
    log.cutFollowAfter = 4;
    const next = take(batches, 4);
    setTimeout(() => {
      for (let i = 0; i < 4; i += 1) log.append(['account-x', 'account-y']);
    }, 2);
    const all = [...first, ...(await next)];
    expect(positions(all)).toEqual(
      log.records.filter((r) => r.metadata['last'] === 'true').map((r) => r.position),
    );
    stop.abort();
    await batches.return();
  });

  it('waits for a slow worker instead of filling the memory', async () => {
    const log = filled(200, 2);
    const { stop, batches } = reading(log);
    const first = (await batches.next()).value as GroupBatch;
    await new Promise((resolve) => setTimeout(resolve, 5));
    const rest = await take(batches, 200 - first.groups.length);
    expect(Math.max(...rest.map((batch) => batch.groups.length))).toBeLessThanOrEqual(5);
    expect(positions([first, ...rest])).toEqual(
      log.records.filter((r) => r.metadata['last'] === 'true').map((r) => r.position),
    );
    stop.abort();
    await batches.return();
  });

  it('lets the groups of a busy log gather, no longer than there is room', async () => {
    const log = filled(1, 70);
    const { stop, batches } = reading(log, { pageSize: 100, gatherMs: 3_600_000 });
    expect(positions(await take(batches, 1))).toEqual([700n]);
    const next = take(batches, 2);
    for (let i = 0; i < 2; i += 1) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      log.append(Array.from({ length: 60 }, () => 'account-x'));
    }
    expect((await next).map((batch) => batch.groups.length)).toEqual([2]);
    const last = batches.next();
    stop.abort();
    expect((await last).done).toBe(true);
  });

  it('ends while the worker has a batch and the queue is full', async () => {
    const log = filled(200, 2);
    const { stop, batches } = reading(log);
    await batches.next();
    stop.abort();
    expect((await batches.next()).done).toBe(true);
  });

  it('reads nothing of another log, and goes on when it is the same again', async () => {
    const log = filled(3);
    const { records } = log;
    const failures: unknown[] = [];
    const { stop, batches } = reading(log, { onReadFailure: (error) => failures.push(error) });
    await take(batches, 3);
    await batches.next();
    const lost = records.splice(6);
    log.endFollows();
    const next = take(batches, 1);
    while (failures.length < 3) await new Promise((resolve) => setTimeout(resolve, 1));
    expect(failures.slice(1)).toEqual(failures.slice(1).map(() => expect.any(ViewsOfAnotherLog)));
    records.push(...lost);
    log.append(['account-7']);
    expect(positions(await next)).toEqual([100n]);
    stop.abort();
    await batches.return();
  });

  it('gives up after as many failures as it is told', async () => {
    const log = filled(5);
    log.failNextFollows = 9;
    const { batches } = reading(log, { failuresMax: 2 });
    await expect(batches.next()).rejects.toThrow('planted');
  });
});
