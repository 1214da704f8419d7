import { WatchedReceipts } from './watched-receipts';

it('is as far as everything before is settled, in whatever order it comes', () => {
  const watched = new WatchedReceipts();
  watched.begin(5n);
  expect(watched.note('a', 10n)).toBe(false);
  expect(watched.note('b', 11n)).toBe(false);
  watched.settled('b');
  expect(watched.takeProgress()).toBeUndefined();
  watched.settled('a');
  expect(watched.takeProgress()).toBe(11n);
  expect(watched.takeProgress()).toBeUndefined();
  watched.settled('c');
  expect(watched.note('c', 12n)).toBe(true);
  expect(watched.takeProgress()).toBe(12n);
});

it('keeps so many behind one that cannot be settled, and goes on when it is', () => {
  const watched = new WatchedReceipts();
  watched.note('stuck', 1n);
  for (let n = 2; !watched.isFull; n += 1) {
    watched.note(`c${n}`, BigInt(n));
    watched.settled(`c${n}`);
  }
  expect(watched.isSettled('stuck')).toBe(false);
  expect(watched.isSettled('c2')).toBe(true);
  expect(watched.takeProgress()).toBeUndefined();
  watched.settled('stuck');
  expect(watched.takeProgress()).toBe(10_000n);
  expect(watched.isFull).toBe(false);
});

it('remembers so many that are settled before the log brings them', () => {
  const watched = new WatchedReceipts();
  for (let n = 0; n <= 10_000; n += 1) watched.settled(`c${n}`);
  expect(watched.note('c1', 1n)).toBe(true);
  expect(watched.note('c0', 2n)).toBe(false);
});
