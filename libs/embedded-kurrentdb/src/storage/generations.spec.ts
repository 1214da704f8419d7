import { Generations } from './generations';
import { KnownEventIds } from './known-event-ids';

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

describe('known event ids', () => {
  test('know the first of events with the same id, and never more than their bound', () => {
    const ids = new KnownEventIds(10);
    ids.add('x', 1, 0);
    ids.add('x', 2, 5);
    expect(ids.find('x')).toEqual({ streamNumber: 1, revision: 0 });
    for (let i = 0; i < 10; i++) ids.add(`id-${i}`, 1, i);
    expect(ids.find('x')).toBeUndefined();
    expect(ids.find('id-9')).toEqual({ streamNumber: 1, revision: 9 });
  });
});
