import type { AccountStatusView, AccountView } from '@daybook/ledger-contracts';
import type { Filter } from 'mongodb';
import { type AccountAt, accountsAt } from './account-at';
import type { LedgerAt } from './ledger-at';
import { type KeysetKey, keysetCount, keysetDocuments, keysetList } from './keyset-list';
import { type Page, type PagedList, type PageWindow, readPage } from './page';
import { QUERY_TIME_MS_MAX } from './query-limits';

/** Conditions that all must hold. */
export interface AccountConditions {
  readonly ids?: readonly string[] | undefined;
  readonly currency?: string | undefined;
  readonly ownerId?: string | undefined;
  readonly status?: readonly AccountStatusView[] | undefined;
}

const CHUNK_MAX = 500;

/** Internal accounts by their ids, as they were at the moment; unknown ones are left out. */
export async function internalAccountsAt(
  ledger: LedgerAt,
  ids: readonly string[],
): Promise<AccountAt[]> {
  const views = await ledger.views
    .collection('accounts')
    .find(
      { _id: { $in: [...ids] }, openedPosition: { $lte: ledger.moment.position } },
      { maxTimeMS: QUERY_TIME_MS_MAX },
    )
    .toArray();
  return accountsAt(ledger, views);
}

/** A page of the internal accounts that existed at the moment, in the order of their ids. */
export function accountPage(
  ledger: LedgerAt,
  conditions: AccountConditions,
  window: PageWindow<KeysetKey>,
): Promise<Page<AccountAt>> {
  return readPage(accountList(ledger, conditions), window);
}

/** How many accounts the list has in all. */
export async function accountCount(
  ledger: LedgerAt,
  conditions: AccountConditions,
): Promise<number> {
  const { position } = ledger.moment;
  const keyset = accountKeyset(ledger, conditions);
  if (!conditions.status) return keysetCount(keyset);
  const unchanged = { $and: [keyset.filter, { position: { $lte: position } }] };
  const settled = await keysetCount({ ...keyset, filter: unchanged as Filter<AccountView> });
  const changed = keysetDocuments(keyset, { position: { $gt: position } });
  let count = settled;
  let chunk: AccountView[] = [];
  const countChunk = async () => {
    const accounts = await accountsAt(ledger, chunk);
    count += accounts.filter(({ status }) => conditions.status?.includes(status)).length;
    chunk = [];
  };
  for await (const view of changed) {
    chunk.push(view);
    if (chunk.length === CHUNK_MAX) await countChunk();
  }
  await countChunk();
  return count;
}

/** The internal accounts that existed at the moment, in the order of their ids. */
export function accountList(
  ledger: LedgerAt,
  conditions: AccountConditions,
): PagedList<KeysetKey, AccountAt> {
  const candidates = keysetList(accountKeyset(ledger, conditions));
  const { status } = conditions;
  return {
    read: async (low, high, direction, limit) => {
      const found: AccountAt[] = [];
      let [from, to] = [low, high];
      while (found.length < limit) {
        const size = Math.min(limit, CHUNK_MAX);
        const chunk = await candidates.read(from, to, direction, size);
        const accounts = await accountsAt(ledger, chunk);
        found.push(...accounts.filter((account) => !status || status.includes(account.status)));
        const last = chunk.at(-1);
        if (chunk.length < size || !last) break;
        if (direction === 1) from = { key: [last._id], inclusive: false };
        else to = { key: [last._id], inclusive: false };
      }
      return found.slice(0, limit);
    },
  };
}

function accountKeyset({ views, moment }: LedgerAt, conditions: AccountConditions) {
  const { ids, currency, ownerId, status } = conditions;
  const filter: Filter<AccountView> = {
    openedPosition: { $lte: moment.position },
    ...(currency !== undefined && { currency }),
    ...(ownerId !== undefined && { ownerId }),
    // What changed after the moment may have had another status then: it is looked up.
    ...(status && {
      $or: [{ status: { $in: [...status] } }, { position: { $gt: moment.position } }],
    }),
  };
  return {
    collection: views.collection('accounts'),
    filter,
    order: ['_id'],
    range: ids && { $in: [...ids] },
  };
}
