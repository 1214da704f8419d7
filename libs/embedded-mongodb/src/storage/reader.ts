import type { BinaryDatabase } from '@daybook/embedded-store';

/** A range of keys, from `from` up to but not including `to`; backwards when `reverse`. */
export interface KeyRange {
  readonly from: Buffer;
  readonly to: Buffer;
  readonly reverse?: boolean;
}

type Transaction = ReturnType<BinaryDatabase['useReadTransaction']>;

/** Reads from one state of the store: a snapshot, or the write transaction that is running. */
export interface Reader {
  get(database: BinaryDatabase, key: Buffer): Buffer | undefined;
  range(database: BinaryDatabase, range: KeyRange): Iterable<{ key: Buffer; value: Buffer }>;
}

/** Reads what the running write transaction sees, its own writes included. */
export const WRITE_READER: Reader = {
  get: (database, key) => database.get(key),
  range: (database, range) => database.getRange(rangeOptions(range)),
};

/** An unchanging view of the store. Holds old pages until it is closed. */
export class Snapshot implements Reader {
  private readonly transaction: Transaction;
  private open = true;

  constructor(root: BinaryDatabase) {
    this.transaction = root.useReadTransaction();
  }

  get(database: BinaryDatabase, key: Buffer): Buffer | undefined {
    return database.get(key, { transaction: this.transaction });
  }

  range(database: BinaryDatabase, range: KeyRange): Iterable<{ key: Buffer; value: Buffer }> {
    return database.getRange({ ...rangeOptions(range), transaction: this.transaction });
  }

  /** Lets the pages go; a second call does nothing. */
  close(): void {
    if (!this.open) return;
    this.open = false;
    this.transaction.done();
  }
}

function rangeOptions({ from, to, reverse }: KeyRange) {
  return reverse
    ? { start: to, exclusiveStart: true, end: from, inclusiveEnd: true, reverse: true }
    : { start: from, end: to };
}
