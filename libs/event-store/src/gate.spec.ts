import fc from 'fast-check';
import { setImmediate as turn } from 'node:timers/promises';
import { Gate } from './gate';

it('lets in by order of arrival, and never more than it has places for', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.integer({ min: 1, max: 6 }), fc.nat(3))),
      async (sent) => {
        const gate = new Gate(4);
        const entered: number[] = [];
        let inside = 0;
        const pass = ([size, turns]: readonly [number, number], index: number) =>
          gate.pass(size, async () => {
            entered.push(index);
            inside += Math.min(size, 4);
            expect(inside).toBeLessThanOrEqual(4);
            for (let n = 0; n < turns; n += 1) await turn();
            inside -= Math.min(size, 4);
            if (turns === 2) throw new Error('failed');
          });
        const all = sent.map(async (each, index) => {
          for (let n = 0; n < index % 3; n += 1) await Promise.resolve();
          return pass(each, index);
        });
        const inOrder = new Gate(4);
        const order: number[] = [];
        const ordered = sent.map(([size, turns], index) =>
          inOrder.pass(size, async () => {
            order.push(index);
            for (let n = 0; n < turns; n += 1) await turn();
          }),
        );
        await Promise.allSettled([...all, ...ordered]);
        expect(order).toEqual(sent.map((_, index) => index));
        expect(entered).toHaveLength(sent.length);
      },
    ),
    { numRuns: 100 },
  );
});

it('keeps the order of one that comes just as others are let in', async () => {
  const gate = new Gate(1);
  const order: string[] = [];
  let end: () => void = () => undefined;
  const first = gate.pass(1, () => new Promise<void>((resolve) => (end = resolve)));
  const second = gate.pass(1, async () => void order.push('second'));
  end();
  const late = first.then(() => gate.pass(1, async () => void order.push('late')));
  await Promise.all([second, late]);
  expect(order).toEqual(['second', 'late']);
});
