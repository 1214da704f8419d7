import { createReadStream } from 'node:fs';
import { CLIENT_ID, digitsOf, parseDecimal } from '@daybook/kernel';
import { CsvError, parse } from 'csv-parse/sync';
import { NotABankFile, linesOf } from './lines';

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

/** What decoding puts in the place of bytes that are not UTF-8. */
const NOT_UTF8 = '\uFFFD';

/** In our words: the parser is given one line and names a line 1 of its own. */
const MISQUOTED: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'opens a quote and does not close it',
  CSV_NON_TRIMABLE_CHAR_AFTER_CLOSING_QUOTE: 'goes on behind a closing quote',
};

/** Why a file cannot be read, in words; all else as the system says it. */
const UNREADABLE: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'is a folder, not a file',
  EACCES: 'may not be read by this user',
};

type Cells = Readonly<Record<string, string | undefined>>;

/**
 * Streams a file's rows in their order, the malformed ones with line number and reason. A line is
 * a row: a quote that is never closed spoils its own line only.
 */
export async function* readBankRows(file: string): AsyncGenerator<BankRow | BadRow> {
  let header: readonly string[] | undefined;
  try {
    for await (const { text, line } of linesOf(createReadStream(file, 'utf8'))) {
      const cells = cellsOf(text);
      if (header === undefined) header = checkedHeader(cells);
      else yield rowOf(header, cells, line);
    }
  } catch (error) {
    if (error instanceof NotABankFile) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new NotABankFile(UNREADABLE[code ?? ''] ?? reasonOf(error));
  }
  if (header === undefined) throw new NotABankFile('the file is empty, it lacks a header line');
}

/** The cells of one line, or what is wrong with it. */
function cellsOf(text: string): readonly string[] | Error {
  try {
    const [cells = []] = parse(text, { trim: true, relax_quotes: true });
    return cells;
  } catch (error) {
    const reason = error instanceof CsvError ? MISQUOTED[error.code] : undefined;
    return new Error(reason ?? `cannot be read: ${reasonOf(error)}`);
  }
}

function rowOf(
  header: readonly string[],
  cells: readonly string[] | Error,
  line: number,
): BankRow | BadRow {
  if (cells instanceof Error) return { line, reason: cells.message };
  if (cells.length !== header.length) {
    const reason = `has ${cells.length} columns, the header line has ${header.length}`;
    return { line, reason };
  }
  return checkRow(Object.fromEntries(header.map((name, i) => [name, cells[i]])), line);
}

function checkedHeader(header: readonly string[] | Error): readonly string[] {
  if (header instanceof Error) throw new NotABankFile(`the header line ${header.message}`);
  const twice = header.find((name, i) => isRead(name) && header.indexOf(name) !== i);
  if (twice) throw new NotABankFile(`the header line names the column ${twice} twice`);
  const missing = REQUIRED.filter((name) => !header.includes(name));
  if (missing.length > 0) {
    throw new NotABankFile(`the header line lacks the columns ${missing.join(', ')}`);
  }
  return header;
}

function checkRow(cells: Cells, line: number): BankRow | BadRow {
  const bad = (reason: string): BadRow => ({ line, reason });
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
  const garbled = CODES.find((name) => cells[name]?.includes(NOT_UTF8));
  if (garbled) return bad(`${garbled} is not UTF-8`);
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

/** Columns of other names are left alone, whatever they hold. */
const isRead = (name: string) => [...REQUIRED, ...CODES].some((read) => read === name);

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
