import { createReadStream } from 'node:fs';
import { CLIENT_ID, digitsOf, parseDecimal } from '@daybook/kernel';
import { type Options, parse } from 'csv-parse';

/** One row of a bank's file, checked; amounts in minor units. */
export interface BankRow {
  readonly line: number;
  readonly transactionId: string;
  readonly accountId: string;
  readonly effectiveAt: string;
  readonly side: 'credit' | 'debit';
  readonly amount: string;
  readonly currency: string;
  readonly balanceAfter: bigint;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface BadRow {
  readonly line: number;
  readonly reason: string;
}

const REQUIRED = [
  'trans_id',
  'account_id',
  'value_date',
  'side',
  'amount',
  'currency',
  'balance_after',
] as const;
const CODES = ['operation', 'symbol', 'counterparty_bank', 'counterparty_account'] as const;

/** A file that is not of the shape at all: nothing of it was imported. */
export class NotABankFile extends Error {}

type Cells = Readonly<Record<string, string | undefined>>;

const options: Options = {
  bom: true,
  columns: (header: string[]) => checkedHeader(header),
  info: true,
  relax_column_count: true,
  relax_quotes: true,
  skip_empty_lines: true,
  max_record_size: 64 * 1024,
  trim: true,
};

/** Streams a file's rows in their order, the malformed ones with line number and reason. */
export async function* readBankRows(file: string): AsyncGenerator<BankRow | BadRow> {
  const source = createReadStream(file);
  const records = source.pipe(parse(options));
  source.once('error', (error) => records.destroy(error));
  try {
    for await (const { record, info } of records as AsyncIterable<Parsed>) {
      yield checkRow(record, info.lines, info.error?.code);
    }
  } catch (error) {
    throw error instanceof NotABankFile ? error : new NotABankFile(reasonOf(error));
  }
}

interface Parsed {
  readonly record: Cells;
  readonly info: { readonly lines: number; readonly error?: { readonly code: string } };
}

function checkedHeader(header: string[]): string[] {
  const missing = REQUIRED.filter((name) => !header.includes(name));
  if (missing.length > 0) {
    throw new NotABankFile(`the header line lacks the columns ${missing.join(', ')}`);
  }
  return header;
}

function checkRow(cells: Cells, line: number, problem: string | undefined): BankRow | BadRow {
  const bad = (reason: string): BadRow => ({ line, reason });
  if (problem) return bad('the number of columns differs from the header line');
  const empty = REQUIRED.find((name) => !cells[name]);
  if (empty) return bad(`${empty} is empty`);
  const [transactionId, accountId, date, side, amount, currency, balance] = REQUIRED.map(
    (name) => cells[name] ?? '',
  ) as [string, string, string, string, string, string, string];
  if (!CLIENT_ID.test(transactionId)) return bad(`trans_id "${transactionId}" is not an id`);
  if (!CLIENT_ID.test(accountId)) return bad(`account_id "${accountId}" is not an id`);
  const effectiveAt = startOfDay(date);
  if (!effectiveAt) return bad(`value_date "${date}" is not a date (YYYY-MM-DD)`);
  if (side !== 'credit' && side !== 'debit') return bad(`side "${side}" is not credit or debit`);
  const digits = digitsOf(currency);
  if (digits === undefined) return bad(`currency "${currency}" is not known`);
  const minorUnits = parseDecimal(amount, digits);
  if (typeof minorUnits !== 'bigint') return bad(`amount "${amount}" is ${minorUnits}`);
  if (minorUnits <= 0n) return bad(`amount "${amount}" is not above zero`);
  const balanceAfter = parseDecimal(balance, digits);
  if (typeof balanceAfter !== 'bigint') {
    return bad(`balance_after "${balance}" is ${balanceAfter}`);
  }
  const metadata = codesOf(cells);
  return {
    line,
    transactionId,
    accountId,
    effectiveAt,
    side,
    amount,
    currency,
    balanceAfter,
    metadata,
  };
}

function codesOf(cells: Cells): Record<string, string> {
  return Object.fromEntries(
    CODES.flatMap((name) => {
      const code = cells[name];
      return code ? [[name, code]] : [];
    }),
  );
}

/** 00:00 UTC of a calendar day, or undefined for what is none (31 February, say). */
function startOfDay(date: string): string | undefined {
  if (!/^\d{4}-\d\d-\d\d$/.test(date)) return undefined;
  const day = new Date(`${date}T00:00:00.000Z`);
  if (Number.isNaN(day.getTime())) return undefined;
  const text = day.toISOString();
  return text.startsWith(date) ? text : undefined;
}

const reasonOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
