import type {
  AccountStateView,
  AccountView,
  CheckpointView,
  ClockView,
  EntryView,
  ExternalAccountView,
  HoldView,
  LateEntryView,
  QuarantineView,
  TotalView,
  TransactionView,
} from '@daybook/ledger-contracts';
import type { Collection, Db, Document } from 'mongodb';
import { collectionName, type ViewName } from './collection-names';

/** The document of each collection. Wide amounts are read with `wideAmount`. */
export interface ViewDocuments {
  accounts: AccountView;
  account_states: AccountStateView;
  entries: EntryView;
  late_entries: LateEntryView;
  holds: HoldView;
  transactions: TransactionView;
  external_accounts: ExternalAccountView;
  totals: TotalView;
  clock: ClockView;
  checkpoints: CheckpointView;
  quarantine: QuarantineView;
}

/** The collections of one generation of the views. */
export interface Views {
  readonly db: Db;
  readonly generation: number;
  collection<View extends ViewName>(view: View): Collection<Mutable<ViewDocuments[View]>>;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] } & Document;

/** The collections of a generation in a database that was opened with `openReadStore`. */
export function viewsOf(db: Db, generation: number): Views {
  return {
    db,
    generation,
    collection: (view) => db.collection(collectionName(view, generation)),
  };
}
