import type { Ledger } from '../ledger/ledger';
import { BatchOrder } from './batch-order';

/** A ledger that brings a transaction when it is told to; `known` are there already. */
function aLedger(known: readonly string[] = []) {
  const bringing = new Map<string, () => void>();
  const held = new Set<string>();
  const bring = (id: string) => {
    held.add(id);
    const arrival = known.includes(id)
      ? undefined
      : new Promise<void>((resolve) => bringing.set(id, resolve));
    return { arrival, letGo: () => void held.delete(id) };
  };
  return {
    held,
    order: new BatchOrder({ bring } as Ledger),
    arrive: (id: string) => bringing.get(id)?.(),
  };
}

it('keeps nothing waiting while all transactions are in memory', () => {
  const { order } = aLedger(['t1']);
  expect(order.next(undefined).before).toBeUndefined();
  expect(order.next('t1').before).toBeUndefined();
});

it('lets a command begin when the transactions of all before it are there, in any order', async () => {
  const { order, arrive } = aLedger();
  const begun: string[] = [];
  const begin = async (name: string, originalId?: string) => {
    await order.next(originalId).before;
    begun.push(name);
  };
  const all = [begin('void t1', 't1'), begin('transfer'), begin('void t2', 't2'), begin('deposit')];
  arrive('t2');
  await new Promise(setImmediate);
  expect(begun).toEqual([]);
  arrive('t1');
  await Promise.all(all);
  expect(begun).toEqual(['void t1', 'transfer', 'void t2', 'deposit']);
});

it('holds a transaction until the command about it leaves', () => {
  const { order, held } = aLedger(['t1']);
  const turns = [order.next('t1'), order.next(undefined), order.next('t2')];
  expect([...held]).toEqual(['t1', 't2']);
  for (const { leave } of turns) leave();
  expect(held.size).toBe(0);
});

it('keeps nothing of the commands before, however many they are', async () => {
  const { order, arrive } = aLedger();
  const waits = ['t1', 't2', 't3'].map(async (id) => order.next(id).before);
  for (const id of ['t1', 't2', 't3']) arrive(id);
  expect(await Promise.all(waits)).toEqual([undefined, undefined, undefined]);
});
