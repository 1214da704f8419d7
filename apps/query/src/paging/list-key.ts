import type { EntryView } from '@daybook/ledger-contracts';
import {
  type AccountAt,
  entryKey,
  type KeysetKey,
  type TransactionAt,
  transactionKey,
} from '@daybook/read-store-mongo';
import { decodeCursor, encodeCursor, strangeCursor } from './cursor';

/** How a list writes an element's place as a cursor, and reads it again. */
export interface ListKey<Item> {
  write(item: Item): string;
  /** Refuses what the list never wrote. */
  read(cursor: string): KeysetKey;
}

const byName = (list: string): ListKey<AccountAt> => ({
  write: ({ id }) => encodeCursor(list, [id]),
  read: (cursor) => decodeCursor(list, cursor, ['name']),
});

const plain = (key: KeysetKey) => key.map((part) => (part instanceof Date ? +part : part));

/** Accounts: by id. */
export const accountKey = byName('account');
/** Lines of the trial balance: by the name of their account. */
export const trialBalanceKey = byName('line');

/** Entries: by effective time, position and posting. */
export const entryListKey: ListKey<EntryView> = {
  write: (entry) => encodeCursor('entry', plain(entryKey(entry))),
  read: (cursor) => {
    const [time, position, posting] = decodeCursor('entry', cursor, shapes.entry);
    return [instant(time), place(position), Number(posting)];
  },
};

/** Transactions: by effective time and position. */
export const transactionListKey: ListKey<TransactionAt> = {
  write: (transaction) => encodeCursor('transaction', plain(transactionKey(transaction))),
  read: (cursor) => {
    const [time, position] = decodeCursor('transaction', cursor, shapes.transaction);
    return [instant(time), place(position)];
  },
};

const shapes = {
  entry: ['integer', 'integer', 'integer'],
  transaction: ['integer', 'integer'],
} as const;

function instant(text: string | undefined): Date {
  const time = new Date(Number(text));
  if (Number.isNaN(time.getTime())) throw strangeCursor();
  return time;
}

function place(text: string | undefined): bigint {
  const position = BigInt(text ?? '');
  if (BigInt.asIntN(64, position) !== position) throw strangeCursor();
  return position;
}
