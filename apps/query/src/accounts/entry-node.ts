import type { EntryView } from '@daybook/ledger-contracts';
import type { EntryPage } from '@daybook/read-store-mongo';
import type { MomentReader } from '../answers/moment-reader';
import { moneyAnswer } from '../answers/money';
import { transactionNode } from '../transactions/transaction-node';

/** An `Entry` of the schema: fields by name, what needs a read as a method. */
export class EntryNode {
  constructor(
    private readonly reader: MomentReader,
    private readonly page: EntryPage,
    private readonly index: number,
    private readonly entry: EntryView,
  ) {}

  get id() {
    return this.entry._id;
  }

  get transactionId() {
    return this.entry.transactionId;
  }

  transaction() {
    return transactionNode(this.reader, this.entry.transactionId);
  }

  get amount() {
    return moneyAnswer(this.entry.amount, this.entry.currency);
  }

  async balanceAfter() {
    const balances = await this.page.balances();
    return moneyAnswer(balances[this.index] as bigint, this.entry.currency);
  }

  get counterparty() {
    return this.entry.counterparty;
  }

  get effectiveAt() {
    return this.entry.effectiveAt;
  }

  get recordedAt() {
    return this.entry.recordedAt;
  }
}
