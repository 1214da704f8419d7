import { PlacedList } from './placed-list';

const listOf = (names: string) => {
  const list = new PlacedList<{ readonly name: string; place: number }>();
  const items = [...names].map((name) => ({ name, place: -1 }));
  for (const item of items) list.add(item);
  return { list, items };
};

it.each([
  ['from the front to the back', [0, 1, 2, 3]],
  ['from the back to the front', [3, 2, 1, 0]],
  ['from the middle', [1, 2, 0, 3]],
])('lets everyone leave %s, and nobody else', (_how, order) => {
  const { list, items } = listOf('abcd');
  const left = new Set(items);
  for (const index of order) {
    const item = items[index]!;
    expect(list.at(item.place)).toBe(item);
    list.remove(item);
    left.delete(item);
    expect(items.filter((each) => list.has(each))).toEqual([...left]);
    expect(new Set(list)).toEqual(left);
    expect(list.size).toBe(left.size);
  }
});

it('takes others where some have left', () => {
  const { list, items } = listOf('ab');
  list.remove(items[0]!);
  list.add({ name: 'c', place: -1 });
  expect([...list].map(({ name }) => name)).toEqual(['b', 'c']);
});
