// The same work for the ledger and its peer: accounts with enough money, transfers at random.
import { post } from './processes.mjs';

export const ACCOUNTS = 10_000;
const BATCH = 500;
let sequence = 0;
const run = process.pid.toString(36);

export const accountName = (n) => `bench-${n}`;

/** A transfer of 1.00 EUR; `to` fixed for the hot account. */
export function transfer(to, accounts = ACCOUNTS) {
  const from = 1 + Math.floor(Math.random() * (accounts - 1));
  const target = to ?? 1 + ((from + Math.floor(Math.random() * (accounts - 2))) % (accounts - 1));
  return {
    transactionId: `b-${run}-${(sequence++).toString(36)}`,
    from: accountName(from),
    to: accountName(target),
    amount: '1.00',
    currency: 'EUR',
  };
}

/** Opens the accounts and pays into each. */
export async function fund(commandUrl, accounts = ACCOUNTS) {
  for (let at = 0; at < accounts; at += BATCH) {
    const commands = [];
    for (let n = at; n < Math.min(at + BATCH, accounts); n++) {
      const accountId = accountName(n);
      commands.push({ type: 'openAccount', accountId, currency: 'EUR' });
      commands.push({ type: 'deposit', accountId, amount: '1000000.00', currency: 'EUR' });
    }
    const { results } = await post(`${commandUrl}/v1/batches`, { commands });
    const bad = results.find(({ status }) => status !== 201);
    if (bad) throw new Error(JSON.stringify(bad));
  }
}
