import { Generations } from './generations';

describe('generations', () => {
  test('forget the older half when the younger is full, but for what was used', () => {
    const map = new Generations<number>(2);
    map.set('a', 1);
    map.set('b', 2);
    map.age();
    expect(map.use('a')).toBe(1);
    map.set('c', 3);
    map.age();
    expect([map.get('a'), map.get('b'), map.get('c')]).toEqual([1, undefined, 3]);
    map.set('d', 4);
    map.set('e', 5);
    map.age();
    expect([map.get('a'), map.get('c'), map.get('d')]).toEqual([undefined, undefined, 4]);
  });
});
