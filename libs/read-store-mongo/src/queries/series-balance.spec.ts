import { pointId } from '@daybook/ledger-contracts';
import fc from 'fast-check';
import { type Series, seriesBalance, seriesBalances } from './series-balance';

interface Entry {
  readonly id: string;
  readonly amount: bigint;
  readonly effectiveAt: number;
  readonly effectiveMax: number;
  readonly balanceAfter: bigint;
  readonly late: boolean;
}

/** A series as a projection would write it from amounts and effective times in log order. */
function entriesOf(log: readonly { amount: bigint; effectiveAt: number }[]): Entry[] {
  let balanceAfter = 0n;
  let effectiveMax = -Infinity;
  return log.map(({ amount, effectiveAt }, position) => {
    const late = effectiveAt < effectiveMax;
    effectiveMax = Math.max(effectiveMax, effectiveAt);
    balanceAfter += amount;
    const id = pointId('a', BigInt(position));
    return { id, amount, effectiveAt, effectiveMax, balanceAfter, late };
  });
}

/** With `more`, late entries come that count at none of the times, as they may. */
const seriesOf = (entries: readonly Entry[], more = false): Series => ({
  lastBefore: async (id) => entries.filter((entry) => entry.id < id).at(-1),
  lastEffective: async (asOf) => entries.filter((entry) => entry.effectiveMax <= asOf).at(-1),
  async *late(first, last, before) {
    for (const entry of entries) {
      const counts = entry.late && entry.effectiveAt <= last && entry.id < before;
      if (counts && (more || entry.effectiveMax > first)) yield entry;
    }
  },
});

const history = fc.array(
  fc.record({
    amount: fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }),
    effectiveAt: fc.integer({ min: 0, max: 30 }),
  }),
  { maxLength: 40 },
);

describe('the balance of a series', () => {
  it('at any effective time and place in the log equals the fold of what counts', async () => {
    await fc.assert(
      fc.asyncProperty(
        history,
        fc.option(fc.integer({ min: -1, max: 31 })),
        fc.integer({ min: 0, max: 41 }),
        async (log, asOf, length) => {
          const expected = log
            .slice(0, length)
            .filter(({ effectiveAt }) => asOf === null || effectiveAt <= asOf)
            .reduce((sum, { amount }) => sum + amount, 0n);
          const before = pointId('a', BigInt(length));
          const series = seriesOf(entriesOf(log));
          expect(await seriesBalance(series, asOf, before)).toBe(expected);
          const last = await series.lastBefore(before);
          expect(await seriesBalance(series, asOf, before, last)).toBe(expected);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('at many effective times is what it is at each, and late entries are read once', async () => {
    const times = fc.array(fc.integer({ min: -1, max: 31 }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(history, times, fc.integer({ min: 0, max: 41 }), async (log, at, length) => {
        const before = pointId('a', BigInt(length));
        const series = seriesOf(entriesOf(log), true);
        let reads = 0;
        const counted: Series = {
          ...series,
          late: (...range) => {
            reads += 1;
            return series.late(...range);
          },
        };
        const inOrder = [...at].sort((one, other) => one - other);
        const expected = await Promise.all(
          inOrder.map((time) => seriesBalance(series, time, before)),
        );
        expect(await seriesBalances(counted, inOrder, before)).toEqual(expected);
        expect(reads).toBeLessThan(2);
      }),
      { numRuns: 2_000 },
    );
  });

  it('asks one point of a series that has nothing beyond the effective time', async () => {
    const series = seriesOf(entriesOf([{ amount: 5n, effectiveAt: 1 }]));
    const refuse = () => Promise.reject(new Error('a second read'));
    const refuseAll = () => {
      throw new Error('a second read');
    };
    const once: Series = { ...series, lastEffective: refuse, late: refuseAll };
    expect(await seriesBalance(once, 1, pointId('a', 1n))).toBe(5n);
    expect(await seriesBalance(once, null, pointId('a', 1n))).toBe(5n);
    expect(await seriesBalance(once, 0, pointId('a', 0n))).toBe(0n);
    const none: Series = { ...once, lastBefore: refuse };
    const last = { balanceAfter: 5n, effectiveMax: 1 };
    expect(await seriesBalance(none, 1, pointId('a', 1n), last)).toBe(5n);
  });
});
