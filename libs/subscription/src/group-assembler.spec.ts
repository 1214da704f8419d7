import fc from 'fast-check';
import type { StoredRecord } from '@daybook/event-store';
import { LOG_START, placeAfter, type RecordGroup } from './group';
import { GroupAssembler } from './group-assembler';
import { MemoryLog } from './memory-log.fixture';

const groupsOf = (records: readonly StoredRecord[], assembler: GroupAssembler): RecordGroup[] =>
  records.flatMap((record) => assembler.take(record) ?? []);

function logOf(groups: readonly { readonly size: number; readonly created: number }[]) {
  const log = new MemoryLog();
  for (const { size, created } of groups) {
    log.append(
      Array.from({ length: size }, (_, i) => `account-${i}`),
      created,
    );
  }
  return log.records;
}

const histories = fc.array(
  fc.record({ size: fc.integer({ min: 1, max: 4 }), created: fc.integer({ min: 0, max: 50 }) }),
  { minLength: 1, maxLength: 30 },
);

describe('groups', () => {
  it('are whole only at the record that says so', () => {
    const assembler = new GroupAssembler(LOG_START);
    const [first, second, third] = logOf([{ size: 3, created: 5 }]);
    expect(assembler.take(first!)).toBeUndefined();
    expect(assembler.take(second!)).toBeUndefined();
    expect(assembler.take(third!)).toEqual({
      records: [first, second, third],
      position: 30n,
      recordedAt: new Date(5),
    });
  });

  it('never go back in recorded time when the store’s clock does', () => {
    const records = logOf([
      { size: 1, created: 100 },
      { size: 1, created: 40 },
      { size: 1, created: 101 },
    ]);
    const groups = groupsOf(records, new GroupAssembler(LOG_START));
    expect(groups.map(({ recordedAt }) => recordedAt.getTime())).toEqual([100, 100, 101]);
  });

  it('are the same from wherever one goes on', () => {
    fc.assert(
      fc.property(histories, fc.nat(), (history, cut) => {
        const records = logOf(history);
        const all = groupsOf(records, new GroupAssembler(LOG_START));
        const read = all[cut % all.length]!;
        const rest = records.filter(({ position }) => position > read.position);
        const later = groupsOf(rest, new GroupAssembler(placeAfter(read)));
        expect(later).toEqual(all.filter(({ position }) => position > read.position));
      }),
    );
  });
});
