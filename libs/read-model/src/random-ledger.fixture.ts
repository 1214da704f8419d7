import fc from 'fast-check';
import { LedgerLog } from './ledger-log.fixture';

const accounts = ['alice', 'bob', 'carol', 'dave'];

const step = fc.record({
  action: fc.constantFrom('post', 'post', 'post', 'deposit', 'freeze', 'pend', 'void', 'wait'),
  from: fc.nat(3),
  to: fc.nat(3),
  amount: fc.integer({ min: 1, max: 10_000 }),
  /** Hours before now that it counts at; 0: when recorded. */
  hoursLate: fc.constantFrom(0, 0, 0, 1, 24, 720),
  postings: fc.integer({ min: 1, max: 3 }),
});

/** Random ledgers of four accounts with back-dated transactions, holds and external sides. */
export const randomLedgers = fc.array(step, { maxLength: 60 }).map((steps) => {
  const log = new LedgerLog();
  for (const account of accounts) log.open(account);
  let pending: string[] = [];
  const start = Date.UTC(2026, 0, 1);
  steps.forEach(({ action, from, to, amount, hoursLate, postings }, i) => {
    const id = `t${i}`;
    const one = accounts[from]!;
    const other = accounts[to === from ? (to + 1) % accounts.length : to]!;
    const move = { from: one, to: other, amount: BigInt(amount) };
    const late = hoursLate ? { effectiveAt: new Date(start + i * 1000 - hoursLate * 3.6e6) } : {};
    if (action === 'post') log.post(id, Array(postings).fill(move), late);
    if (action === 'deposit') {
      const deposit = { ...move, from: '@bank' };
      const fee = { from: other, to: '@cash', amount: 1n };
      log.post(id, [deposit, fee], { kind: 'deposit', ...late });
    }
    if (action === 'freeze') log.freeze(one).unfreeze(one);
    if (action === 'wait') log.wait(700);
    if (action === 'pend') {
      log.pend(id, [move]);
      pending = [...pending, id];
    }
    const [oldest, ...rest] = pending;
    if (action === 'void' && oldest) {
      log.voidPending(oldest);
      pending = rest;
    }
  });
  return log;
});
