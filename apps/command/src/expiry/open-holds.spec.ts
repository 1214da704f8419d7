import { OpenHolds } from './open-holds';

const hold = (id: string, dueMs: number, position: bigint) => ({
  transactionId: id,
  dueMs,
  position,
  previous: position - 1n,
});

it('gives holds out by the time they are due, whatever order they came in', () => {
  const holds = new OpenHolds(10);
  for (const [id, due] of [
    ['b', 20],
    ['a', 10],
    ['d', 40],
    ['c', 30],
  ] as const) {
    holds.add(hold(id, due, BigInt(due)));
  }
  expect(holds.takeDue(9)).toBeUndefined();
  const taken = [holds.takeDue(35), holds.takeDue(35), holds.takeDue(35), holds.takeDue(35)];
  expect(taken.map((each) => each?.transactionId)).toEqual(['a', 'b', 'c', undefined]);
});

it('knows a hold once', () => {
  const holds = new OpenHolds(10);
  holds.add(hold('a', 10, 1n));
  holds.add(hold('a', 10, 1n));
  expect(holds.size).toBe(1);
});

it('lets go of those due last, and knows where to find them again', () => {
  const holds = new OpenHolds(2);
  holds.add(hold('late', 30, 5n));
  holds.add(hold('soon', 10, 6n));
  holds.add(hold('mid', 20, 7n));
  expect(holds.size).toBe(2);
  expect(holds.overflow).toBe(4n);
  expect(holds.safePlace(9n, [])).toBe(4n);
});

it('never puts the safe place behind a hold that is open or under way', () => {
  const holds = new OpenHolds(10);
  expect(holds.safePlace(9n, [])).toBe(9n);
  holds.add(hold('a', 10, 6n));
  expect(holds.safePlace(9n, [])).toBe(5n);
  expect(holds.safePlace(9n, [hold('b', 1, 3n)])).toBe(2n);
});

it('forgets a hold that has ended, also among others of the same time', () => {
  const holds = new OpenHolds(10);
  for (const [id, position] of [
    ['a', 3n],
    ['b', 4n],
    ['c', 5n],
  ] as const) {
    holds.add(hold(id, 10, position));
  }
  holds.remove('b');
  holds.remove('unknown');
  expect(holds.size).toBe(2);
  holds.remove('a');
  expect(holds.safePlace(9n, [])).toBe(4n);
  expect(holds.takeDue(10)?.transactionId).toBe('c');
  holds.add(hold('b', 10, 4n));
  expect(holds.takeDue(10)?.transactionId).toBe('b');
});
