import { lastTick } from './recorded-time';

const ticks = [
  { at: new Date(1_000), position: 10n },
  { at: new Date(2_000), position: 20n },
  { at: new Date(3_000), position: 30n },
];

describe('the position that a recorded time stands for', () => {
  it.each([
    ['before the first record', 999, 30n, -1n],
    ['the instant of a record', 2_000, 30n, 20n],
    ['between two records', 2_999, 30n, 20n],
    ['after the last', 9_999, 30n, 30n],
    ['never lies beyond what is projected', 9_999, 25n, 25n],
    ['within what is projected', 1_500, 25n, 10n],
  ])('%s', (_, time, reached, expected) => {
    expect(lastTick(ticks, time, reached)).toBe(expected);
  });
});
