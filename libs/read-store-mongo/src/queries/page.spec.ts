import fc from 'fast-check';
import { type PagedList, type PageWindow, readPage } from './page';

const listOf = (keys: readonly number[]): PagedList<number, number> => ({
  read: async (low, high, direction, limit) => {
    const within = keys.filter(
      (key) =>
        (!low || key > low.key || (low.inclusive && key === low.key)) &&
        (!high || key < high.key || (high.inclusive && key === high.key)),
    );
    return (direction === 1 ? within : within.reverse()).slice(0, limit);
  },
});

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i * 2);

async function read(count: number, window: PageWindow<number>) {
  const page = await readPage(listOf(numbers(count)), window);
  return [page.items, await page.hasPreviousPage(), await page.hasNextPage()];
}

describe('a page', () => {
  it.each([
    ['the first of many', { first: 2 }, [0, 2], false, true],
    ['the first of as many', { first: 5 }, [0, 2, 4, 6, 8], false, false],
    ['the next ones', { first: 2, after: 2 }, [4, 6], true, true],
    ['the last of the next', { first: 2, after: 4 }, [6, 8], true, false],
    ['after a place that has no item', { first: 1, after: 3 }, [4], true, true],
    ['before the beginning', { first: 1, after: -1 }, [0], false, true],
    ['the last ones', { last: 2 }, [6, 8], true, false],
    ['the ones before', { last: 2, before: 6 }, [2, 4], true, true],
    ['the first of the ones before', { last: 3, before: 4 }, [0, 2], false, true],
    ['between two cursors', { first: 5, after: 0, before: 6 }, [2, 4], true, false],
    ['the last between two cursors', { last: 1, after: 0, before: 6 }, [4], true, true],
    ['the last of the first', { first: 3, last: 2 }, [2, 4], true, true],
    ['none', { first: 0 }, [], false, true],
    ['none from the back', { last: 0 }, [], true, false],
  ])('%s', async (_, window, items, previous, next) => {
    expect(await read(5, window)).toEqual([items, previous, next]);
  });

  it('of an empty list is empty', async () => {
    expect(await read(0, { first: 3 })).toEqual([[], false, false]);
    expect(await read(0, { last: 3 })).toEqual([[], false, false]);
  });

  it('knows when nothing of the list lies before it', async () => {
    const fromStart = async (window: PageWindow<number>) =>
      (await readPage(listOf(numbers(4)), window)).fromStart;
    expect(await fromStart({ first: 2 })).toBe(true);
    expect(await fromStart({ last: 4 })).toBe(true);
    expect(await fromStart({ last: 3 })).toBe(false);
    expect(await fromStart({ first: 3, last: 2 })).toBe(false);
    expect(await fromStart({ first: 2, after: 0 })).toBe(false);
  });

  it('walked forward and backward gives the whole list', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(40), fc.integer({ min: 1, max: 12 }), async (count, size) => {
        const list = listOf(numbers(count));
        const forward: number[] = [];
        for (let after: number | undefined; ; after = forward.at(-1)) {
          const page = await readPage(list, { first: size, after });
          forward.push(...page.items);
          if (!(await page.hasNextPage())) break;
        }
        const backward: number[] = [];
        for (let before: number | undefined; ; before = backward[0]) {
          const page = await readPage(list, { last: size, before });
          backward.unshift(...page.items);
          if (!(await page.hasPreviousPage())) break;
        }
        expect(forward).toEqual(numbers(count));
        expect(backward).toEqual(numbers(count));
      }),
    );
  });
});
