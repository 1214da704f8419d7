import {
  type AccountAt,
  externalAccountAt,
  internalAccountsAt,
  type LedgerAt,
  quarantinedStreams,
  type TransactionAt,
  transactionsAt,
} from '@daybook/read-store-mongo';
import { batchLoader, type Load } from './batch-loader';
import { positionAnswer } from './position';

const BATCH_KEYS_MAX = 500;

/** What is read at one moment: everything below a root field goes through one of these. */
export class MomentReader {
  /** Batched over everything that is asked at this moment. */
  readonly transaction: Load<TransactionAt>;
  readonly #internal: Load<AccountAt>;
  #quarantined: Promise<ReadonlySet<string>> | undefined;

  constructor(readonly ledger: LedgerAt) {
    this.transaction = batchLoader(
      async (ids) => byId(await transactionsAt(ledger, ids)),
      BATCH_KEYS_MAX,
    );
    this.#internal = batchLoader(
      async (ids) => byId(await internalAccountsAt(ledger, ids)),
      BATCH_KEYS_MAX,
    );
  }

  /** An account by its id, external ones by `@rail:CUR` or `@rail`. */
  account(id: string): Promise<AccountAt | undefined> {
    return id.startsWith('@') ? externalAccountAt(this.ledger, id) : this.#internal(id);
  }

  /** The streams whose views lack an event of this moment. */
  quarantined(): Promise<ReadonlySet<string>> {
    return (this.#quarantined ??= quarantinedStreams(this.ledger));
  }

  get position(): string {
    return positionAnswer(this.ledger.moment.position);
  }

  get final(): boolean {
    return this.ledger.moment.final;
  }
}

const byId = <Found extends { readonly id: string }>(all: readonly Found[]) =>
  new Map(all.map((found) => [found.id, found]));
