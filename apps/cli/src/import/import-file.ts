import { digitsOf, formatDecimal, parseDecimal } from '@daybook/kernel';
import { type Answer, checkAddress, type Command, reachService, sendBatch } from './batch-client';
import { type BadRow, type BankRow, readBankRows } from './csv-rows';
import { ImportReport } from './report';
import { Schedule } from './schedule';

const BATCH_SIZE = 500;
/** Batches under way at once: while one is decided, the next is on its way. */
const IN_FLIGHT = 2;
/** Rows read ahead, so that many accounts can go at once; a bound on memory. */
const READ_AHEAD = 50_000;

interface Adjustment {
  readonly row: BankRow;
  /** What is missing to the balance that the bank states, in minor units. */
  readonly difference: bigint;
}

type Item = { readonly row: BankRow } | { readonly adjustment: Adjustment };

/**
 * Imports a bank's file through the REST API. An account's rows go in order, one a batch, because
 * each answer decides whether an adjustment comes before the next row. Every command has an id of
 * its own: an import that was cut off anywhere is simply run again.
 */
export class FileImport {
  readonly report = new ImportReport();
  private readonly schedule = new Schedule<Item>();
  private readonly opened = new Set<string>();

  constructor(
    private readonly url: string,
    private readonly signal: AbortSignal,
  ) {}

  /** Throws `NotABankFile` or `ServiceUnusable`; an aborted import finishes what is in flight. */
  async run(file: string): Promise<void> {
    checkAddress(this.url);
    const rows = readBankRows(file);
    // Before the service, which may be waited for: a mistyped name is told at once.
    let next = await rows.next();
    await reachService(this.url, this.signal);
    let readToEnd = false;
    const inFlight = new Set<Promise<void>>();
    while (!this.signal.aborted) {
      while (!readToEnd && this.schedule.size < READ_AHEAD) {
        if (next.done) readToEnd = true;
        else {
          this.accept(next.value);
          next = await rows.next();
        }
      }
      const wave = inFlight.size < IN_FLIGHT ? this.schedule.take(BATCH_SIZE) : [];
      if (wave.length > 0) {
        const sent = this.send(wave.map(({ item }) => item)).finally(() => inFlight.delete(sent));
        inFlight.add(sent);
      } else if (inFlight.size > 0) await Promise.race(inFlight);
      else if (readToEnd) break;
    }
    await Promise.all(inFlight);
    await rows.return(undefined);
  }

  private accept(row: BankRow | BadRow): void {
    this.report.rows++;
    if ('reason' in row) this.report.refuse(row.line, row.reason);
    else this.schedule.add(row.accountId, { row });
  }

  private async send(items: readonly Item[]): Promise<void> {
    const commands = items.map((item) => this.commandsOf(item));
    const answers = await sendBatch(this.url, commands.flat(), this.signal);
    let at = 0;
    for (const [index, item] of items.entries()) {
      const own = answers.slice(at, (at += commands[index]?.length ?? 0));
      this.settle(item, own);
    }
  }

  /** An account is opened in the same batch as its first row, and before it. */
  private commandsOf(item: Item): readonly Command[] {
    if ('adjustment' in item) return [adjustmentCommand(item.adjustment)];
    const { accountId, currency } = item.row;
    if (this.opened.has(accountId)) return [rowCommand(item.row)];
    const open = { type: 'openAccount', accountId, currency, overdraftLimit: 'unlimited' };
    return [open, rowCommand(item.row)];
  }

  private settle(item: Item, answers: readonly Answer[]): void {
    const answer = answers.at(-1);
    if (!answer) throw new Error('the service answered fewer commands than it was sent');
    const row = 'row' in item ? item.row : item.adjustment.row;
    if (answer.status >= 400) {
      const reason = `${String(answer.body['code'])}: ${String(answer.body['detail'])}`;
      if ('row' in item) this.report.refuse(row.line, reason);
      else {
        const { difference } = item.adjustment;
        this.report.refuseAdjustment(row.line, difference, row.currency, reason);
      }
      return this.schedule.done(row.accountId);
    }
    this.opened.add(row.accountId);
    this.report.accounts.add(row.accountId);
    const isNew = answer.status === 201;
    if ('adjustment' in item) {
      this.report.adjusted(item.adjustment.difference, row.currency);
      return this.schedule.done(row.accountId);
    }
    this.report.posted(isNew);
    const difference = row.balanceAfter - balanceIn(answer, row);
    if (difference === 0n) return this.schedule.done(row.accountId);
    this.schedule.done(row.accountId, { adjustment: { row, difference } });
  }
}

function rowCommand(row: BankRow): Command {
  const credit = row.side === 'credit';
  return {
    type: credit ? 'deposit' : 'withdrawal',
    accountId: row.accountId,
    transactionId: row.transactionId,
    [credit ? 'source' : 'destination']: '@bank',
    amount: row.amount,
    currency: row.currency,
    effectiveAt: row.effectiveAt,
    ...(Object.keys(row.metadata).length > 0 && { metadata: row.metadata }),
  };
}

function adjustmentCommand({ row, difference }: Adjustment): Command {
  const up = difference > 0n;
  const digits = digitsOf(row.currency) ?? 0;
  return {
    type: up ? 'deposit' : 'withdrawal',
    accountId: row.accountId,
    transactionId: `${row.transactionId}-adjustment`,
    [up ? 'source' : 'destination']: '@adjustment',
    amount: formatDecimal(up ? difference : -difference, digits),
    currency: row.currency,
    effectiveAt: row.effectiveAt,
    reference: `Adjusts to the balance that the bank states after transaction ${row.transactionId}`,
  };
}

function balanceIn(answer: Answer, row: BankRow): bigint {
  const balances = answer.body['balances'] as { accountId: string; posted: string }[];
  const posted = balances.find(({ accountId }) => accountId === row.accountId)?.posted ?? '';
  const minorUnits = parseDecimal(posted, digitsOf(row.currency) ?? 0);
  if (typeof minorUnits !== 'bigint') throw new Error(`the answer names no balance: ${posted}`);
  return minorUnits;
}
