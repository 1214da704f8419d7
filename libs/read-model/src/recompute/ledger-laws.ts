import { isExternal } from '@daybook/kernel';
import { checkEvent, type LedgerEvent, type StoredPosting } from '@daybook/ledger-contracts';
import type { LogGroup, LogRecord } from '../recorded-event';

/** A law of the ledger that the log itself breaks. */
export interface BrokenLaw {
  readonly law: 'unreadable' | 'gap' | 'unbalanced' | 'balance' | 'held';
  readonly stream: string;
  readonly position: bigint;
  readonly detail: string;
}

interface Sums {
  posted: bigint;
  held: bigint;
}

/**
 * Checks the log against the ledger's laws, from the events alone and by sums of its own: no
 * gap in any stream, every currency sums to zero in every group, every stated balance is the sum of
 * what came before. Remembers one small sum an account and one revision a stream.
 */
export class LedgerLaws {
  readonly #revisions = new Map<string, number>();
  readonly #sums = new Map<string, Sums>();

  /** The laws that a group breaks; groups come in log order, from the first on. */
  take(group: LogGroup): readonly BrokenLaw[] {
    const broken: BrokenLaw[] = [];
    const totals = new Map<string, bigint>();
    for (const record of group.records) {
      const report = (law: BrokenLaw['law'], detail: string) =>
        broken.push({ law, stream: record.stream, position: record.position, detail });
      this.#contiguous(record, report);
      const event = read(record, report);
      if (!event) continue;
      this.#balances(record.stream, event, report);
      addTo(totals, event);
    }
    for (const [currency, total] of totals) {
      if (total === 0n) continue;
      const { stream, position } = group.records.at(-1)!;
      const detail = `${currency} sums to ${total} minor units`;
      broken.push({ law: 'unbalanced', stream, position, detail });
    }
    return broken;
  }

  #contiguous({ stream, revision }: LogRecord, report: Report): void {
    const expected = (this.#revisions.get(stream) ?? -1) + 1;
    this.#revisions.set(stream, revision);
    if (revision !== expected) report('gap', `revision ${revision} instead of ${expected}`);
  }

  #balances(stream: string, { type, data }: LedgerEvent, report: Report): void {
    if (!('balanceAfter' in data)) return;
    const sums = this.#sums.get(stream) ?? { posted: 0n, held: 0n };
    this.#sums.set(stream, sums);
    const amount = BigInt(data.amount);
    if (type === 'AccountCredited') sums.posted += amount;
    if (type === 'AccountDebited') sums.posted -= amount;
    if (type === 'HoldPlaced') sums.held += amount;
    if (type === 'HoldReleased') sums.held -= amount;
    if (BigInt(data.balanceAfter) !== sums.posted) {
      report('balance', `states ${data.balanceAfter}, its entries sum to ${sums.posted}`);
      sums.posted = BigInt(data.balanceAfter);
    }
    if (BigInt(data.heldAfter) !== sums.held) {
      report('held', `states ${data.heldAfter} held, its holds sum to ${sums.held}`);
      sums.held = BigInt(data.heldAfter);
    }
  }
}

type Report = (law: BrokenLaw['law'], detail: string) => void;

function read(record: LogRecord, report: Report): LedgerEvent | undefined {
  try {
    return checkEvent(record);
  } catch (error) {
    report('unreadable', error instanceof Error ? error.message : String(error));
    return undefined;
  }
}

/** Adds what an event moves: internal sides by their own events, external ones by the record. */
function addTo(totals: Map<string, bigint>, { type, data }: LedgerEvent): void {
  const add = (currency: string, amount: bigint) =>
    totals.set(currency, (totals.get(currency) ?? 0n) + amount);
  if (type === 'AccountCredited') add(data.currency, BigInt(data.amount));
  if (type === 'AccountDebited') add(data.currency, -BigInt(data.amount));
  if (type !== 'TransactionPosted') return;
  for (const posting of data.postings) add(posting.currency, externalSum(posting));
}

const externalSum = ({ from, to, amount }: StoredPosting): bigint =>
  (isExternal(to) ? BigInt(amount) : 0n) - (isExternal(from) ? BigInt(amount) : 0n);
