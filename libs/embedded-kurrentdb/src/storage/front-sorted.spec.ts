import fc from 'fast-check';
import { FrontSorted } from './front-sorted';

const sizes = [0, 1, 2, 511, 512, 513, 514, 1_025, 20_000];
const numbers = (count: number) => Array.from({ length: count }, (_, n) => `stream-${n}`);
/** The same every time, in no order: the steps have no divisor in common with the sizes. */
const mixed = (count: number) => numbers(count).map((_, n) => `stream-${(n * 7_919) % count}`);

it.each(sizes)('puts %d keys in order, a slice at a time', (count) => {
  for (const keys of [numbers(count), numbers(count).sort(), numbers(count).sort().reverse()]) {
    const expected = [...keys].sort();
    const sorted = new FrontSorted(keys);
    const slices: string[] = [];
    for (let at = 0; at < count; at += 300) slices.push(...sorted.slice(at, at + 300));
    expect(slices).toEqual(expected);
    expect(sorted.length).toBe(count);
  }
});

it('gives any slice of any keys', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string(), { maxLength: 3_000 }), fc.nat(3_000), (keys, to) => {
      const expected = [...keys].sort().slice(0, to);
      expect(new FrontSorted([...keys]).slice(0, to)).toEqual(expected);
    }),
    { numRuns: 200 },
  );
});

it('leaves what nobody asked for as it is', () => {
  const keys = mixed(20_000);
  const sorted = new FrontSorted(keys);
  expect(sorted.slice(0, 10)).toEqual(mixed(20_000).sort().slice(0, 10));
  expect(keys.slice(10_000)).not.toEqual(mixed(20_000).sort().slice(10_000));
});
