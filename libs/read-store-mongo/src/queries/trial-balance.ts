import { wideAmount } from '../wide-amount';
import { type AccountAt, postedBalance } from './account-at';
import { accountCount, accountList } from './account-list';
import { entryPage } from './entry-list';
import { externalAccountsAt } from './external-account-at';
import type { KeysetKey } from './keyset-list';
import type { LedgerAt } from './ledger-at';
import { mapBounded } from './map-bounded';
import { type Bound, type Page, type PageWindow, readPage } from './page';
import { POINT_READS_MAX, QUERY_TIME_MS_MAX } from './query-limits';

/** The sum over all accounts of a currency, minor units: zero in a whole ledger. */
export interface CurrencyTotal {
  readonly currency: string;
  readonly sum: bigint;
}

/** A page of all accounts, external ones included, in the order of their names. */
export async function trialBalancePage(
  ledger: LedgerAt,
  window: PageWindow<KeysetKey>,
): Promise<Page<AccountAt>> {
  const internal = accountList(ledger, {});
  // As many as there are rails and currencies: few beside the accounts.
  const external = await externalAccountsAt(ledger);
  return readPage(
    {
      read: async (low, high, direction, limit) =>
        [
          ...(await internal.read(low, high, direction, limit)),
          ...external.filter(({ id }) => between(id, low, high)),
        ]
          .sort((a, b) => (a.id < b.id ? -direction : direction))
          .slice(0, limit),
    },
    window,
  );
}

/** How many accounts the trial balance has in all. */
export async function trialBalanceCount(ledger: LedgerAt): Promise<number> {
  return (await accountCount(ledger, {})) + (await externalAccountsAt(ledger)).length;
}

/** Entries that are summed up in about the time that one account's balance takes. */
const ENTRIES_A_BALANCE = 250;
/** More accounts take longer than a query may. */
const BALANCES_MAX = 5_000;
const CHUNK = 500;

/** The totals per currency over all accounts at the moment, in the order of the currencies. */
export async function trialBalanceTotals(
  ledger: LedgerAt,
  entriesABalance = ENTRIES_A_BALANCE,
): Promise<CurrencyTotal[]> {
  const sums = (await newestSums(ledger)) ?? (await sumsAt(ledger, entriesABalance));
  return [...sums]
    .map(([currency, sum]) => ({ currency, sum }))
    .sort((a, b) => (a.currency < b.currency ? -1 : 1));
}

/**
 * From the kept totals, which the account legs alone make, and the external balances, which the
 * closing records make: undefined when either has something beyond the moment.
 */
async function newestSums(ledger: LedgerAt): Promise<Map<string, bigint> | undefined> {
  const { views, moment } = ledger;
  if (moment.asOf !== null) return undefined;
  const [totals, external] = await Promise.all([
    views.collection('totals').find({}, { maxTimeMS: QUERY_TIME_MS_MAX }).toArray(),
    externalAccountsAt(ledger),
  ]);
  const beyond = totals.some(({ position }) => position > moment.position);
  if (beyond || external.some(({ shares }) => shares.some(({ end }) => !end))) return undefined;
  const sums = new Map<string, bigint>();
  // Kept per partition, so a currency comes more than once.
  for (const { currency, sum } of totals) add(sums, currency, wideAmount(sum));
  await addBalances(sums, ledger, external);
  return sums;
}

/** Either way gives the same; a long history costs less by its accounts, many accounts by entries. */
async function sumsAt(ledger: LedgerAt, entriesABalance: number): Promise<Map<string, bigint>> {
  const [accounts, entries] = await Promise.all([
    ledger.views.collection('accounts').estimatedDocumentCount(),
    ledger.views.collection('entries').estimatedDocumentCount(),
  ]);
  const isLong = accounts <= BALANCES_MAX && entries >= accounts * entriesABalance;
  return isLong ? balanceSums(ledger) : entrySums(ledger);
}

async function balanceSums(ledger: LedgerAt): Promise<Map<string, bigint>> {
  const sums = new Map<string, bigint>();
  const internal = accountList(ledger, {});
  let low: Bound<KeysetKey> | undefined;
  let chunk: readonly AccountAt[];
  do {
    chunk = await internal.read(low, undefined, 1, CHUNK);
    await addBalances(sums, ledger, chunk);
    low = { key: [chunk.at(-1)?.id ?? ''], inclusive: false };
  } while (chunk.length === CHUNK);
  await addBalances(sums, ledger, await externalAccountsAt(ledger));
  return sums;
}

async function addBalances(
  sums: Map<string, bigint>,
  ledger: LedgerAt,
  accounts: readonly AccountAt[],
): Promise<void> {
  await mapBounded(accounts, POINT_READS_MAX, async (account) => {
    const balance = await postedBalance(ledger, account);
    // By entries, a currency without any has no total: so it must not have one by accounts either.
    const counts =
      balance !== 0n || sums.has(account.currency) || (await hasEntry(ledger, account));
    if (counts) add(sums, account.currency, balance);
  });
}

const hasEntry = async (ledger: LedgerAt, account: AccountAt): Promise<boolean> =>
  (await entryPage(ledger, account, {}, { first: 1 })).items.length > 0;

const add = (sums: Map<string, bigint>, currency: string, amount: bigint) =>
  sums.set(currency, (sums.get(currency) ?? 0n) + amount);

async function entrySums({ views, moment }: LedgerAt): Promise<Map<string, bigint>> {
  const sums = await views
    .collection('entries')
    .aggregate<{ _id: string; sum: unknown }>(
      [
        {
          $match: {
            position: { $lte: moment.position },
            ...(moment.asOf !== null && { effectiveAt: { $lte: new Date(moment.asOf) } }),
          },
        },
        // As decimals: a sum of many 64-bit integers may leave 64 bits on the way.
        { $group: { _id: '$currency', sum: { $sum: { $toDecimal: '$amount' } } } },
      ],
      { maxTimeMS: QUERY_TIME_MS_MAX },
    )
    .toArray();
  return new Map(sums.map(({ _id, sum }) => [_id, wideAmount(sum)]));
}

function between(
  id: string,
  low: Bound<KeysetKey> | undefined,
  high: Bound<KeysetKey> | undefined,
): boolean {
  const above = !low || id > String(low.key[0]) || (low.inclusive && id === low.key[0]);
  const below = !high || id < String(high.key[0]) || (high.inclusive && id === high.key[0]);
  return above && below;
}
