import fc from 'fast-check';
import { intervalEnds } from './balance-history';

const ends = (from: string, to: string, interval: 'HOUR' | 'DAY' | 'MONTH' | 'YEAR', limit = 100) =>
  intervalEnds(Date.parse(from), Date.parse(to), interval, limit)?.map((at) =>
    new Date(at).toISOString(),
  );

describe('the ends of intervals', () => {
  it('are the last milliseconds of the calendar months that the range touches', () => {
    expect(ends('2024-01-15T12:00:00Z', '2024-03-01T00:00:00Z', 'MONTH')).toEqual([
      '2024-01-31T23:59:59.999Z',
      '2024-02-29T23:59:59.999Z',
    ]);
  });

  it('take one more interval when the range ends within it', () => {
    expect(ends('2026-03-30T00:00:00Z', '2026-04-01T00:00:00.001Z', 'DAY')).toEqual([
      '2026-03-30T23:59:59.999Z',
      '2026-03-31T23:59:59.999Z',
      '2026-04-01T23:59:59.999Z',
    ]);
    expect(ends('2025-12-31T22:30:00Z', '2026-01-01T00:00:00Z', 'HOUR')).toEqual([
      '2025-12-31T22:59:59.999Z',
      '2025-12-31T23:59:59.999Z',
    ]);
    expect(ends('0099-06-01T00:00:00Z', '0100-06-01T00:00:00Z', 'YEAR')).toEqual([
      '0099-12-31T23:59:59.999Z',
      '0100-12-31T23:59:59.999Z',
    ]);
  });

  it('are none for an empty range, and refused beyond the limit', () => {
    expect(ends('2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z', 'DAY')).toEqual([]);
    expect(ends('2026-01-01T00:00:00Z', '2026-01-05T00:00:00Z', 'DAY', 4)).toHaveLength(4);
    expect(ends('2026-01-01T00:00:00Z', '2026-01-05T00:00:00.001Z', 'DAY', 4)).toBeUndefined();
  });

  it('cover the range without gap or overlap', () => {
    const time = fc.integer({ min: Date.UTC(1990, 0), max: Date.UTC(1999, 11) });
    fc.assert(
      fc.property(
        time,
        fc.integer({ min: 1, max: 86_400_000 * 40 }),
        fc.constantFrom('HOUR' as const, 'DAY' as const, 'MONTH' as const, 'YEAR' as const),
        (from, length, interval) => {
          const found = intervalEnds(from, from + length, interval, 5_000) ?? [];
          expect(found[0]).toBeGreaterThanOrEqual(from);
          expect(found.at(-1)).toBeGreaterThanOrEqual(from + length - 1);
          for (const [at, end] of found.entries()) {
            expect(new Date(end + 1).toISOString()).toMatch(/:00:00\.000Z$/);
            if (at > 0) expect(end).toBeGreaterThan(found[at - 1] as number);
            if (at < found.length - 1) expect(end).toBeLessThan(from + length - 1);
          }
        },
      ),
    );
  });
});
