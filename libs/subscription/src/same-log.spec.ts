import { placeAfter, type Place } from './group';
import { GroupAssembler } from './group-assembler';
import { MemoryLog } from './memory-log.fixture';
import { assertSameLog, ViewsOfAnotherLog } from './same-log';

const anotherLog = expect.any(ViewsOfAnotherLog);

/** A log with a group of each of these sizes. */
function logOf(...sizes: readonly number[]): MemoryLog {
  const log = new MemoryLog();
  for (const size of sizes) log.append(Array.from({ length: size }, (_, i) => `account-${i}`));
  return log;
}

/** Where one stands who has read a log to its end, receipts passed. */
function endOf({ records }: MemoryLog): Place {
  const assembler = new GroupAssembler({ position: 'start', recordedAt: null }, (stream) =>
    stream.startsWith('command-'),
  );
  return records
    .flatMap((record) => assembler.take(record) ?? [])
    .reduce<Place>((_, group) => placeAfter(group), { position: 'start', recordedAt: null });
}

const judged = (log: MemoryLog, place: Place) =>
  assertSameLog(log, place).catch((error: unknown) => error);

describe('the log that a place was reached in', () => {
  const read = logOf(2, 3);
  const end = endOf(read);

  it('is itself, also when it has grown', async () => {
    expect(await judged(read, end)).toBeUndefined();
    expect(await judged(logOf(2, 3, 1), end)).toBeUndefined();
    expect(await judged(logOf(2), endOf(logOf(2)))).toBeUndefined();
  });

  it('is no older one, nor an empty one', async () => {
    expect(await judged(logOf(2), end)).toEqual(anotherLog);
    expect(await judged(new MemoryLog(), end)).toEqual(anotherLog);
    expect(await judged(new MemoryLog(), endOf(new MemoryLog()))).toBeUndefined();
  });

  it('is no older one that has grown beyond it since', async () => {
    const grown = logOf(2, 3, 4);
    grown.records[4] = { ...grown.records[4]!, id: 'another' };
    expect(await judged(grown, end)).toEqual(anotherLog);
  });

  it('has come as far as the receipts that were passed', async () => {
    const receipts = logOf(2);
    receipts.append(['command-1']);
    const place = endOf(receipts);
    expect(place).toMatchObject({ position: 30n, last: { stream: 'account-1' } });
    expect(await judged(receipts, place)).toBeUndefined();
    expect(await judged(logOf(2), place)).toEqual(anotherLog);
    // A receipt may be deleted: something after it tells that it was there.
    expect(await judged(logOf(2, 2), place)).toBeUndefined();
  });

  it('has come as far as checkpoints that do not name a record', async () => {
    const { position, recordedAt } = end;
    expect(await judged(read, { position, recordedAt })).toBeUndefined();
    expect(await judged(logOf(2), { position, recordedAt })).toEqual(anotherLog);
  });
});
