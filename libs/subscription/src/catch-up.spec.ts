import { catchUp, type CatchUpOptions, type GroupBatch } from './catch-up';
import { LOG_START, placeAfter } from './group';
import { MemoryLog } from './memory-log.fixture';

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

const positions = (batches: readonly GroupBatch[]) =>
  batches.flatMap(({ groups }) => groups.map(({ position }) => position));

async function take(batches: AsyncGenerator<GroupBatch>, groups: number): Promise<GroupBatch[]> {
  const taken: GroupBatch[] = [];
  while (positions(taken).length < groups) {
    const { value, done } = await batches.next();
    if (done) break;
    taken.push(value);
  }
  return taken;
}

const filled = (groups: number, size = 3): MemoryLog => {
  const log = new MemoryLog();
  for (let i = 0; i < groups; i += 1) {
    log.append(Array.from({ length: size }, (_, k) => `account-${k}`));
  }
  return log;
};

describe('catching up', () => {
  it('reads whole groups by pages, then follows what comes', async () => {
    const log = filled(21);
    const { stop, batches } = reading(log);
    const first = await take(batches, 21);
    expect(positions(first)).toEqual(Array.from({ length: 21 }, (_, i) => BigInt(i + 1) * 30n));
    expect(log.followed).toBe(0);
    const next = batches.next();
    setTimeout(() => log.append(['account-9']), 5);
    expect((await next).value?.groups).toHaveLength(1);
    expect(log.followed).toBe(1);
    stop.abort();
    expect((await batches.next()).done).toBe(true);
  });

  it('goes on after the place it is given, with its recorded time', async () => {
    const log = new MemoryLog();
    log.append(['account-a'], 900);
    log.append(['account-a'], 100);
    const first = await take(reading(log).batches, 2);
    const place = placeAfter(first[0]!.groups[0]!);
    const again = await take(reading(log, {}, place).batches, 1);
    expect(again[0]?.groups).toEqual([first[0]?.groups[1]]);
    expect(again[0]?.groups[0]?.recordedAt).toEqual(new Date(900));
  });

  it('takes groups greater than a page', async () => {
    const log = filled(2, 35);
    const taken = await take(reading(log).batches, 2);
    expect(positions(taken)).toEqual([350n, 700n]);
  });

  it('loses and doubles nothing over lost connections', async () => {
    const log = filled(5);
    log.failNextReads = 2;
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

  it('goes back to pages when the worker is slower than the log grows', async () => {
    const log = filled(1);
    const { stop, batches } = reading(log);
    const first = await take(batches, 1);
    const waking = batches.next();
    setTimeout(() => log.append(['account-a']), 1);
    const woken = (await waking).value as GroupBatch;
    for (let i = 0; i < 200; i += 1) log.append(['account-a', 'account-b']);
    await new Promise((resolve) => setTimeout(resolve, 5));
    const readsBefore = log.reads;
    const rest = await take(batches, 200);
    expect(log.reads).toBeGreaterThan(readsBefore);
    expect(Math.max(...rest.map(({ groups }) => groups.length))).toBeLessThanOrEqual(10);
    expect(positions([...first, woken, ...rest])).toEqual(
      log.records.filter((r) => r.metadata['last'] === 'true').map((r) => r.position),
    );
    stop.abort();
    await batches.return();
  });
});
