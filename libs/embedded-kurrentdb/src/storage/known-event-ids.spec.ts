import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import { KnownEventIds } from './known-event-ids';

describe('known event ids', () => {
  test('know the first of events with the same id', () => {
    const ids = new KnownEventIds(10);
    const id = randomUUID();
    ids.add(id, 1, 0);
    ids.add(id, 2, 5);
    expect(ids.find(id)).toEqual({ streamNumber: 1, revision: 0 });
    expect(ids.find(randomUUID())).toBeUndefined();
  });

  test('know the newest half at least, and forget the oldest', () => {
    const ids = new KnownEventIds(1_000);
    const added = Array.from({ length: 5_000 }, () => randomUUID());
    added.forEach((id, i) => ids.add(id, i % 7, 2 ** 40 + i));
    added.forEach((id, i) => {
      const found = ids.find(id);
      if (i >= 4_500) expect(found).toEqual({ streamNumber: i % 7, revision: 2 ** 40 + i });
      if (i < 4_000) expect(found).toBeUndefined();
    });
  });

  test('tell ids apart that differ in one digit', () => {
    const alike = fc
      .uuid()
      .chain((id) => fc.tuple(fc.constant(id), fc.nat(35), fc.constantFrom(...'0123456789abcdef')));
    fc.assert(
      fc.property(alike, ([id, at, digit]) => {
        const other = id[at] === '-' ? id : id.slice(0, at) + digit + id.slice(at + 1);
        const ids = new KnownEventIds(10);
        ids.add(id, 1, 2);
        expect(ids.find(other) !== undefined).toBe(other === id);
      }),
    );
  });

  test('stay quick with ids that are hardly different', () => {
    const ids = new KnownEventIds(100_000);
    const idOf = (n: number) => `00000000-0000-0000-0000-${n.toString(16).padStart(12, '0')}`;
    const start = process.cpuUsage().user;
    for (let n = 0; n < 50_000; n++) ids.add(idOf(n * 4_096), 1, n);
    let known = 0;
    for (let n = 0; n < 50_000; n++) if (ids.find(idOf(n * 4_096))?.revision === n) known++;
    expect(known).toBeGreaterThan(49_900);
    expect(process.cpuUsage().user - start).toBeLessThan(2_000_000);
  });
});
