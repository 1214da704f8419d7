import { writeFileSync } from 'node:fs';
import { formatDecimal } from '@daybook/kernel';

/** What the file states: each account's balance at the end of each day with rows. */
export interface StatedBalance {
  readonly accountId: string;
  readonly day: string;
  readonly balance: string;
}

export interface BankFile {
  readonly rows: number;
  readonly accounts: number;
  readonly adjustments: number;
  readonly stated: readonly StatedBalance[];
}

/**
 * Writes a made-up bank file: accounts take turns, days pass, and the bank rounds now and then, so
 * that a stated balance differs from the sum by 0.10 for good.
 */
export function writeBankFile(file: string, prefix: string, rows: number): BankFile {
  const accounts = Math.ceil(rows / 20);
  const balances = new Map<string, bigint>();
  const stated = new Map<string, StatedBalance>();
  const lines = ['trans_id,account_id,value_date,side,amount,currency,balance_after,operation'];
  let adjustments = 0;
  for (let i = 0; i < rows; i++) {
    const accountId = `${prefix}-${(i * 7) % accounts}`;
    const day = new Date(Date.UTC(1993, 0, 1 + Math.floor((i * 120) / rows)));
    const date = day.toISOString().slice(0, 10);
    const credit = i % 3 !== 2;
    const amount = BigInt(100 + ((i * 7919) % 90_000));
    const rounded = i % 50 === 49 ? 10n : 0n;
    if (rounded > 0n) adjustments++;
    const balance = (balances.get(accountId) ?? 0n) + (credit ? amount : -amount) - rounded;
    balances.set(accountId, balance);
    const text = formatDecimal(balance, 2);
    const side = credit ? 'credit' : 'debit';
    lines.push(
      `${prefix}-t${i},${accountId},${date},${side},${formatDecimal(amount, 2)},CZK,${text},VKLAD`,
    );
    stated.set(`${accountId} ${date}`, { accountId, day: date, balance: text });
  }
  writeFileSync(file, `${lines.join('\n')}\n`);
  return { rows, accounts: balances.size, adjustments, stated: [...stated.values()] };
}

/** Reads what a real bank file states, in the same form. */
export function statedIn(text: string): StatedBalance[] {
  const stated = new Map<string, StatedBalance>();
  for (const line of text.trim().split('\n').slice(1)) {
    const [, accountId = '', day = '', , , , balance = ''] = line.split(',');
    stated.set(`${accountId} ${day}`, { accountId, day, balance });
  }
  return [...stated.values()];
}
