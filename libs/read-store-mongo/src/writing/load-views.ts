import type { LoadedViews, ViewKeys } from '@daybook/read-model';
import type { Document } from 'mongodb';
import type { ViewName } from '../collections/collection-names';
import type { ViewDocuments, Views } from '../collections/views';
import type { RecentViews } from './recent-views';
import { readExternal, readTotal } from './stored-views';

/** Only what a majority has: a document that could be rolled back proves nothing. */
const readConcern = { level: 'majority' } as const;

/** Loads the views that a batch touches: one find a collection, but for what is in memory. */
export async function loadViews(
  views: Views,
  keys: ViewKeys,
  recent: RecentViews,
): Promise<LoadedViews> {
  const known = recent.of(keys);
  const load = async <Name extends ViewName>(name: Name, ids: readonly unknown[]) => {
    if (ids.length === 0) return [];
    const filter = { _id: { $in: [...ids] } } as Document;
    const found = await views
      .collection<ViewName>(name)
      .find(filter, { readConcern, batchSize: ids.length + 1 })
      .toArray();
    return found as unknown as ViewDocuments[Name][];
  };
  const [accounts, transactions, externals, totals, clock] = await Promise.all([
    load('accounts', known.accounts.unknown),
    load('transactions', keys.transactions),
    load('external_accounts', known.external_accounts.unknown),
    load('totals', known.totals.unknown),
    load(
      'clock',
      known.clock.unknown.map((ms) => new Date(ms)),
    ),
  ]);
  return {
    accounts: byId([...known.accounts.known, ...accounts]),
    transactions: byId(transactions),
    external_accounts: byId([...known.external_accounts.known, ...externals.map(readExternal)]),
    totals: byId([...known.totals.known, ...totals.map(readTotal)]),
    clock: new Map([...known.clock.known, ...clock].map((view) => [view._id.getTime(), view])),
  };
}

const byId = <View extends { readonly _id: string }>(views: readonly View[]) =>
  new Map(views.map((view) => [view._id, view]));
