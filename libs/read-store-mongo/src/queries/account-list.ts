import type { AccountStatusView, AccountView } from '@daybook/ledger-contracts';
import type { Filter } from 'mongodb';
import { type AccountAt, accountsAt } from './account-at';
import type { LedgerAt } from './ledger-at';
import { type KeysetKey, keysetCount, keysetCounts, keysetList } from './keyset-list';
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
  // In one reading: an account that changes meanwhile must not count twice, nor be left out.
  const isSettled = { $lte: ['$position', position] };
  let count = 0;
  let changed: string[] = [];
  const countChanged = async () => {
    const accounts = await internalAccountsAt(ledger, changed);
    count += accounts.filter(({ status }) => conditions.status?.includes(status)).length;
    changed = [];
  };
  for await (const found of keysetCounts(keyset, { $cond: [isSettled, null, '$_id'] })) {
    if (found.value === null) count += found.count;
    else changed.push(String(found.value));
    if (changed.length === CHUNK_MAX) await countChanged();
  }
  await countChanged();
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
