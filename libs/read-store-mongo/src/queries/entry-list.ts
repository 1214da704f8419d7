import { type EntryView, pointId } from '@daybook/ledger-contracts';
import type { AccountAt } from './account-at';
import { postedBalance } from './account-at';
import type { LedgerAt } from './ledger-at';
import { type KeysetKey, keysetCount, keysetList } from './keyset-list';
import { mapBounded } from './map-bounded';
import { type EffectiveRange, effectiveWithin } from './moment';
import { mongoSeries } from './mongo-series';
import { type Page, type PageWindow, readPage } from './page';
import { POINT_READS_MAX } from './query-limits';
import { seriesBalance } from './series-balance';

export interface EntryPage extends Page<EntryView> {
  /** The running sum of the whole list after each of the page's entries, minor units. */
  balances(): Promise<readonly bigint[]>;
}

/** The place of an entry in an account's list. */
export const entryKey = (entry: EntryView): KeysetKey => [
  entry.effectiveAt,
  entry.position,
  entry.posting,
];

/** A page of an account's entries, ordered by effective time, position and posting. */
export async function entryPage(
  ledger: LedgerAt,
  account: AccountAt,
  range: EffectiveRange,
  window: PageWindow<KeysetKey>,
): Promise<EntryPage> {
  const page = await readPage(keysetList(entryKeyset(ledger, account, range)), window);
  let sums: Promise<readonly bigint[]> | undefined;
  const fromFirst = page.fromStart && range.from === undefined;
  const find = async () => {
    const [first] = page.items;
    if (!first) return [];
    let sum = fromFirst ? 0n : await balanceBefore(ledger, account, first);
    return page.items.map(({ amount }) => (sum += amount));
  };
  return { ...page, balances: () => (sums ??= find()) };
}

/** How many entries the list has in all. */
export const entryCount = (ledger: LedgerAt, account: AccountAt, range: EffectiveRange) =>
  keysetCount(entryKeyset(ledger, account, range));

function entryKeyset({ views, moment }: LedgerAt, account: AccountAt, range: EffectiveRange) {
  return {
    collection: views.collection('entries'),
    filter: { account: account.id, position: { $lte: moment.position } },
    order: ['effectiveAt', 'position', 'posting'],
    range: effectiveWithin(range, moment),
  };
}

/**
 * The running sum before an entry: all that was effective earlier, and of what was effective in
 * the same millisecond only what the log has before it. Point reads alone, however many that are.
 */
async function balanceBefore(
  ledger: LedgerAt,
  account: AccountAt,
  { effectiveAt, position, posting }: EntryView,
): Promise<bigint> {
  const at = effectiveAt.getTime();
  const earlier = await postedBalance(ledger, account, at - 1);
  const same = await mapBounded(account.shares, POINT_READS_MAX, async ({ series }) => {
    const reader = mongoSeries(ledger.views, series);
    const before = pointId(series, position, posting);
    const [upTo, without] = await Promise.all([
      seriesBalance(reader, at, before),
      seriesBalance(reader, at - 1, before),
    ]);
    return upTo - without;
  });
  return same.reduce((sum, amount) => sum + amount, earlier);
}
