import { currencyDigits, RAIL } from '@daybook/kernel';
import {
  externalAccountId,
  type TransactionKind,
  type TransactionStatusView,
  type TransactionView,
} from '@daybook/ledger-contracts';
import type { Document, Filter } from 'mongodb';
import { externalAccountsAt } from './external-account-at';
import type { LedgerAt } from './ledger-at';
import { type KeysetKey, keysetCount, keysetList, mergedList } from './keyset-list';
import { type EffectiveRange, effectiveWithin } from './moment';
import { type Page, type PageWindow, readPage } from './page';
import { QUERY_TIME_MS_MAX } from './query-limits';
import { type TransactionAt, transactionAt } from './transaction-at';

/** Conditions that all must hold. */
export interface TransactionConditions {
  readonly ids?: readonly string[] | undefined;
  /** An account on either side; `@rail` alone: in any currency. */
  readonly account?: string | undefined;
  readonly currency?: string | undefined;
  readonly kind?: readonly TransactionKind[] | undefined;
  readonly status?: readonly TransactionStatusView[] | undefined;
  readonly effective?: EffectiveRange | undefined;
}

/** The place of a transaction in a list. */
export const transactionKey = ({
  effectiveAt,
  position,
}: Pick<TransactionAt, 'effectiveAt' | 'position'>): KeysetKey => [effectiveAt, position];

/** Transactions by their ids, as known at the moment; unknown ones are left out. */
export async function transactionsAt(
  { views, moment }: LedgerAt,
  ids: readonly string[],
): Promise<TransactionAt[]> {
  const found = await views
    .collection('transactions')
    .find({ _id: { $in: [...ids] } }, { maxTimeMS: QUERY_TIME_MS_MAX })
    .toArray();
  return found.flatMap((view) => transactionAt(view, moment.position) ?? []);
}

/** The transactions known at the moment, ordered by effective time and position. */
export interface TransactionList {
  page(window: PageWindow<KeysetKey>): Promise<Page<TransactionAt>>;
  /** How many the list has in all. */
  count(): Promise<number>;
}

/** The list of some conditions; what a rail stands for is looked up once, for pages and count. */
export async function transactionList(
  ledger: LedgerAt,
  conditions: TransactionConditions,
): Promise<TransactionList> {
  const names = await namesOf(ledger, conditions);
  // A list for each name: each comes in the order of the index.
  const lists = (names?.map((name) => [name]) ?? [undefined]).map((accounts) =>
    keysetList(transactionKeyset(ledger, conditions, accounts)),
  );
  const list = mergedList(lists, transactionKey);
  const known = {
    read: async (...stretch: Parameters<typeof list.read>) => {
      const views = await list.read(...stretch);
      return views.flatMap((view) => transactionAt(view, ledger.moment.position) ?? []);
    },
  };
  return {
    page: (window) => readPage(known, window),
    count: () => keysetCount(transactionKeyset(ledger, conditions, names)),
  };
}

function transactionKeyset(
  { views, moment }: LedgerAt,
  { ids, currency, kind, status, effective = {} }: TransactionConditions,
  accounts: readonly string[] | undefined,
) {
  const filter: Document = {
    position: { $lte: moment.position },
    ...(ids && { _id: { $in: [...ids] } }),
    ...(accounts && { accounts: { $in: [...accounts] } }),
    ...(currency !== undefined && { 'postings.currency': currency }),
    ...(kind && { kind: { $in: [...kind] } }),
    ...(status && statusAt(status, moment.position)),
  };
  return {
    collection: views.collection('transactions'),
    filter: filter as Filter<TransactionView>,
    order: ['effectiveAt', 'position'],
    range: effectiveWithin(effective, moment),
  };
}

/** The names in the views of the account asked for; undefined when none was. */
async function namesOf(
  ledger: LedgerAt,
  { account }: TransactionConditions,
): Promise<readonly string[] | undefined> {
  if (account === undefined) return undefined;
  return RAIL.test(account) ? railAccounts(ledger, account) : [account];
}

/** A rail in its currencies, also in those in which it was only held for and nothing posted. */
async function railAccounts(ledger: LedgerAt, rail: string): Promise<readonly string[]> {
  const names = (await externalAccountsAt(ledger, { rail })).map(({ id }) => id);
  const transactions = ledger.views.collection('transactions');
  const all = Object.keys(currencyDigits).map((currency) => externalAccountId(rail, currency));
  for (;;) {
    const others = all.filter((name) => !names.includes(name));
    const found = await transactions.findOne(
      { accounts: { $in: others } },
      { projection: { accounts: 1 }, maxTimeMS: QUERY_TIME_MS_MAX },
    );
    if (!found) return names;
    names.push(...others.filter((name) => found.accounts.includes(name)));
  }
}

/** A transaction has one status from its beginning, and at most one more that follows it. */
function statusAt(status: readonly TransactionStatusView[], position: bigint): Document {
  const wanted = { $in: [...status] };
  return {
    $or: [
      { 'changes.1.status': wanted, 'changes.1.position': { $lte: position } },
      { 'changes.0.status': wanted, 'changes.1.position': { $not: { $lte: position } } },
    ],
  };
}
