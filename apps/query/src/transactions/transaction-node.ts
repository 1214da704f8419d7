import type { TransactionAt } from '@daybook/read-store-mongo';
import type { MomentReader } from '../answers/moment-reader';
import { moneyAnswer } from '../answers/money';

/** A `Transaction` of the schema: fields by name, what needs a read as a method. */
export class TransactionNode {
  constructor(
    private readonly reader: MomentReader,
    private readonly transaction: TransactionAt,
  ) {}

  get id() {
    return this.transaction.id;
  }

  get kind() {
    return this.transaction.kind.toUpperCase();
  }

  get status() {
    return this.transaction.status.toUpperCase();
  }

  postings() {
    return this.transaction.postings.map(({ from, to, amount, currency }) => ({
      from,
      to,
      amount: moneyAnswer(amount, currency),
    }));
  }

  get effectiveAt() {
    return this.transaction.effectiveAt;
  }

  get recordedAt() {
    return this.transaction.recordedAt;
  }

  get reference() {
    return this.transaction.reference;
  }

  get metadata() {
    return this.transaction.metadata;
  }

  reversalOf() {
    return transactionNode(this.reader, this.transaction.reversalOf);
  }

  reversedBy() {
    return transactionNode(this.reader, this.transaction.reversedBy);
  }
}

/** The transaction of an id as known at the reader's moment, or null. */
export async function transactionNode(
  reader: MomentReader,
  id: string | null,
): Promise<TransactionNode | null> {
  const transaction = id === null ? undefined : await reader.transaction(id);
  return transaction ? new TransactionNode(reader, transaction) : null;
}
