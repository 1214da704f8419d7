import fc from 'fast-check';
import { linesOf, LINE_BYTES_MAX } from './lines';
import { orderedResults } from './ordered-results';

async function collect<Item>(source: AsyncIterable<Item>): Promise<Item[]> {
  const items: Item[] = [];
  for await (const item of source) items.push(item);
  return items;
}

async function* from<Item>(items: readonly Item[]): AsyncGenerator<Item> {
  yield* items;
}

it('keeps the order, whatever order the results come in', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(5), { maxLength: 60 }), async (delays) => {
      const run = async (delay: number, index: number) => {
        for (let i = 0; i < delay; i += 1) await new Promise(setImmediate);
        return `${index},`;
      };
      const text = (await collect(orderedResults(from(delays), run))).join('');
      expect(text).toBe(delays.map((_, index) => `${index},`).join(''));
    }),
    { numRuns: 50 },
  );
});

it('reads no further than its results are taken', async () => {
  let read = 0;
  async function* endless() {
    for (;;) yield (read += 1);
  }
  const results = orderedResults(endless(), async () => 'x'.repeat(70_000));
  await results.next();
  for (let i = 0; i < 20; i += 1) await new Promise(setImmediate);
  expect(read).toBeLessThan(600);
  await results.return(undefined);
  const after = read;
  for (let i = 0; i < 20; i += 1) await new Promise(setImmediate);
  expect(read - after).toBeLessThanOrEqual(1);
});

it('reads no further than so many bytes of lines', async () => {
  let read = 0;
  async function* endless() {
    for (;;) yield Buffer.alloc(100_000, (read += 1));
  }
  const results = orderedResults(endless(), async () => 'x'.repeat(70_000));
  await results.next();
  for (let i = 0; i < 20; i += 1) await new Promise(setImmediate);
  expect(read).toBeLessThan(50);
  await results.return(undefined);
});

it('shares so many bytes of lines among all, and leaves each one line', async () => {
  const all = { bytes: 0 };
  const read: number[] = [];
  async function* endless(place: number) {
    for (;;) {
      read[place] = (read[place] ?? 0) + 1;
      yield Buffer.alloc(1_000_000);
    }
  }
  const results = Array.from({ length: 10 }, (_, place) =>
    orderedResults(endless(place), async () => 'x'.repeat(70_000), all),
  );
  for (const each of results) await each.next();
  for (let i = 0; i < 20; i += 1) await new Promise(setImmediate);
  for (const each of results) expect((await each.next()).done).toBe(false);
  for (let i = 0; i < 20; i += 1) await new Promise(setImmediate);
  expect(all.bytes).toBeLessThan(28_000_000);
  expect(Math.min(...read)).toBeGreaterThan(1);
  for (const each of results) await each.return(undefined);
  for (let i = 0; i < 20; i += 1) await new Promise(setImmediate);
  expect(all.bytes).toBe(0);
});

it('ends with the error of what it reads, after the results so far', async () => {
  async function* broken() {
    yield 1;
    throw new Error('gone');
  }
  const results = orderedResults(broken(), async (n) => String(n));
  expect((await results.next()).value).toBe('1');
  await expect(results.next()).rejects.toThrow('gone');
});

it('cuts a stream into the same lines wherever its chunks end', async () => {
  const line = fc.string({ maxLength: 20 }).map((text) => text.replace(/[\r\n]/g, '_'));
  await fc.assert(
    fc.asyncProperty(fc.array(line), fc.array(fc.nat(9)), async (lines, cuts) => {
      const bytes = Buffer.from(lines.join('\n'));
      const chunks: Buffer[] = [];
      for (let at = 0, i = 0; at < bytes.length; i += 1) {
        const size = (cuts[i % Math.max(1, cuts.length)] ?? 3) + 1;
        chunks.push(bytes.subarray(at, at + size));
        at += size;
      }
      const read = (await collect(linesOf(from(chunks)))).map((each) => each.toString());
      expect(read).toEqual(lines.filter((text) => text.trim() !== ''));
    }),
  );
});

it('leaves out a line that is too long, says so in its place and goes on', async () => {
  const half = Buffer.alloc(LINE_BYTES_MAX / 2, 'x');
  const rest = [Buffer.from('x\nfirst\n'), half, half, Buffer.from('\n'), half, half, half];
  const read = await collect(linesOf(from([half, half, ...rest])));
  const refusal = expect.objectContaining({ code: 'RequestTooLarge' }) as unknown;
  expect(read.map((line) => (line instanceof Buffer ? line.length : line))).toEqual([
    ...[refusal, 'first'.length, LINE_BYTES_MAX, refusal],
  ]);
});

it('leaves out blank lines, however long they are', async () => {
  const lines = ['', ' '.repeat(100), '\t\r', `${' '.repeat(99)}x`, ' '.repeat(17)];
  const read = await collect(linesOf(from([Buffer.from(lines.join('\n'))])));
  expect(read.map(String)).toEqual([`${' '.repeat(99)}x`]);
});
