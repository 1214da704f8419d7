import { digitsOf, MAX_AMOUNT, parseDecimal } from '@daybook/kernel';
import type { Capture } from './commands';
import type { LedgerRejection } from './rejections';
import type { TransactionState } from './transaction-state';

type Refusal = Extract<
  LedgerRejection,
  { code: 'InvalidRequest' | 'InvalidAmount' | 'CaptureExceedsHold' }
>;

function readAmount(text: string, currency: string, path: string): bigint | Refusal {
  const digits = digitsOf(currency);
  if (digits === undefined) throw new Error(`no minor-unit digits for currency ${currency}`);
  const value = parseDecimal(text, digits);
  if (typeof value === 'string' || value < 0n || value > MAX_AMOUNT) {
    const problem = typeof value === 'string' ? value : 'out of bounds';
    const message = `is no amount of ${currency}: ${problem}`;
    return { code: 'InvalidAmount', path, message };
  }
  return value;
}

/**
 * What a capture takes of each posting of the original: all that is held, or what it names. One
 * of several amounts may be zero, not all of them; none may exceed what is still held.
 */
export function captureAmounts(
  transaction: TransactionState,
  { amounts }: Capture,
): readonly bigint[] | Refusal {
  if (amounts === 'rest') return transaction.remaining;
  const { postings, remaining, transactionId } = transaction;
  const single = 'only' in amounts;
  const texts = single ? [amounts.only] : amounts;
  if (texts.length !== postings.length) {
    const path = single ? 'amount' : 'amounts';
    const message = `the transaction has ${postings.length} postings: name an amount for each`;
    return { code: 'InvalidRequest', path, message };
  }
  const taken: bigint[] = [];
  for (const [index, { currency }] of postings.entries()) {
    const path = single ? 'amount' : `amounts.${index}`;
    const amount = readAmount(texts[index] ?? '', currency, path);
    if (typeof amount !== 'bigint') return amount;
    taken.push(amount);
  }
  if (taken.every((amount) => amount === 0n)) {
    return { code: 'InvalidAmount', path: single ? 'amount' : 'amounts', message: 'is zero' };
  }
  for (const [posting, { currency }] of postings.entries()) {
    const amount = taken[posting] ?? 0n;
    const held = remaining[posting] ?? 0n;
    if (amount > held) {
      return { code: 'CaptureExceedsHold', transactionId, posting, amount, held, currency };
    }
  }
  return taken;
}
