import type { Instant } from '@daybook/kernel';
import { accountStream, transactionStream } from '@daybook/ledger-contracts';
import {
  type AccountAt,
  accountRevision,
  balancesAtTimes,
  entryCount,
  entryPage,
  heldBalance,
  type Interval,
  intervalEnds,
  postedBalance,
} from '@daybook/read-store-mongo';
import { badInput } from '../answers/errors';
import type { MomentReader } from '../answers/moment-reader';
import { moneyAnswer } from '../answers/money';
import { queryLimits } from '../limits/query-limits';
import { connection } from '../paging/connection';
import { entryListKey } from '../paging/list-key';
import { type PageArguments, pageWindow } from '../paging/page-arguments';
import { EntryNode } from './entry-node';

interface EntriesArguments extends PageArguments {
  readonly from?: Instant | null;
  readonly to?: Instant | null;
}

interface HistoryArguments {
  readonly from: Instant;
  readonly to: Instant;
  readonly interval: Interval;
}

/** An `Account` of the schema: fields by name, what needs a read as a method. */
export class AccountNode {
  #posted: Promise<bigint> | undefined;
  #held: Promise<bigint> | undefined;

  constructor(
    private readonly reader: MomentReader,
    private readonly account: AccountAt,
  ) {}

  get id() {
    return this.account.id;
  }

  get name() {
    return this.account.name;
  }

  get currency() {
    return this.account.currency;
  }

  get status() {
    return this.account.status.toUpperCase();
  }

  get openedAt() {
    return this.account.openedAt;
  }

  revision() {
    return accountRevision(this.reader.ledger, this.account);
  }

  get overdraftLimit() {
    const { overdraftLimit } = this.account;
    return overdraftLimit === null ? null : this.#money(overdraftLimit);
  }

  async balance() {
    return this.#money(await this.#postedOnce());
  }

  async held() {
    return this.#money(await this.#heldOnce());
  }

  async available() {
    const { overdraftLimit } = this.account;
    if (overdraftLimit === null) return null;
    const [posted, held] = await Promise.all([this.#postedOnce(), this.#heldOnce()]);
    return this.#money(posted - held + overdraftLimit);
  }

  get position() {
    return this.reader.position;
  }

  get final() {
    return this.reader.final;
  }

  /** An external account has no stream of its own: transactions make it. */
  async incomplete() {
    const streams = [...(await this.reader.quarantined())];
    const { id, external } = this.account;
    return streams.some((stream) =>
      external ? stream.startsWith(transactionStream('')) : stream === accountStream(id),
    );
  }

  async entries(args: EntriesArguments) {
    const window = pageWindow(args, entryListKey);
    // Finer than a millisecond means the next one, at both ends.
    const range = { from: args.from?.ceiling, to: args.to?.ceiling };
    const { ledger } = this.reader;
    const page = await entryPage(ledger, this.account, range, window);
    return connection(
      page,
      entryListKey,
      (entry, index) => new EntryNode(this.reader, page, index, entry),
      () => entryCount(ledger, this.account, range),
    );
  }

  async balanceHistory({ from, to, interval }: HistoryArguments) {
    if (from.ceiling > to.ceiling) throw badInput('from must not lie after to');
    const limit = queryLimits.historyPointsMax;
    const ends = intervalEnds(from.ceiling, to.ceiling, interval, limit);
    if (!ends) throw badInput(`the range must touch at most ${limit} intervals`);
    const balances = await balancesAtTimes(this.reader.ledger, this.account, ends);
    return ends.map((at, i) => ({ at, balance: this.#money(balances[i] as bigint) }));
  }

  #money(minorUnits: bigint) {
    return moneyAnswer(minorUnits, this.account.currency);
  }

  #postedOnce() {
    return (this.#posted ??= postedBalance(this.reader.ledger, this.account));
  }

  #heldOnce() {
    return (this.#held ??= heldBalance(this.reader.ledger, this.account));
  }
}
