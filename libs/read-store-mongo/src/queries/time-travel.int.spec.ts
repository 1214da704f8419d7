import type { LogGroup } from '@daybook/read-model';
import type { AccountAt } from './account-at';
import { accountRevision, heldBalance, postedBalance } from './account-at';
import { internalAccountsAt } from './account-list';
import { balancesAtTimes, intervalEnds } from './balance-history';
import {
  foldCondition,
  foldEntries,
  type FoldedEntry,
  foldHeld,
  foldList,
  foldTransactions,
} from './brute-force.fixture';
import { entryCount, entryKey, entryPage } from './entry-list';
import { externalAccountsAt } from './external-account-at';
import type { LedgerAt } from './ledger-at';
import { ledgerAsOf, LiveLedger } from './live-ledger';
import { randomFrom, randomLedger, type RandomLedger } from './random-ledger.fixture';
import { transactionList, transactionsAt } from './transaction-list';
import { type CurrencyTotal, trialBalanceTotals } from './trial-balance';
import { openViews, type ViewsUnderTest } from './views.fixture';

const PAIRS_PER_LEDGER = 350;
const seeds = [1, 2, 3, 4, 5, 6];

/** What the raw events say at (asOf, knownAt): the groups that count, and their entries. */
interface Expected {
  readonly groups: readonly LogGroup[];
  readonly entries: readonly FoldedEntry[];
  readonly asOf: number | null;
}

async function accountsOf(ledger: LedgerAt, { accounts }: RandomLedger): Promise<AccountAt[]> {
  const ids = accounts.map(({ id }) => id);
  return [...(await internalAccountsAt(ledger, ids)), ...(await externalAccountsAt(ledger))];
}

async function compareAccount(ledger: LedgerAt, account: AccountAt, expected: Expected) {
  const { groups, entries, asOf } = expected;
  const list = foldList(entries, account.id, asOf);
  expect(await postedBalance(ledger, account)).toBe(list.at(-1)?.balanceAfter ?? 0n);
  if (account.external) return;
  const held = groups.filter(({ recordedAt }) => asOf === null || +recordedAt <= asOf);
  expect(await heldBalance(ledger, account)).toBe(foldHeld(held, account.id));
  const { status, overdraftLimit, name } = account;
  expect({ status, overdraftLimit, name }).toEqual(foldCondition(groups, account.id));
  const records = groups.flatMap((group) => group.records);
  const own = records.filter(({ stream }) => stream === `account-${account.id}`);
  expect(await accountRevision(ledger, account)).toBe(own.at(-1)?.revision);
}

async function compareList(
  ledger: LedgerAt,
  account: AccountAt,
  { entries, asOf }: Expected,
  random: (below: number) => number,
) {
  const all = foldList(entries, account.id, asOf);
  // A stretch of the list by effective time, and a page from a random place in it.
  const [one, other] = [all[random(all.length + 1)], all[random(all.length + 1)]];
  const [from, to] = [one?.effectiveAt, other?.effectiveAt].sort((a, b) => (a ?? 0) - (b ?? 0));
  const range = random(2) === 0 ? {} : { from, to };
  const list = all.filter(
    ({ effectiveAt }) =>
      effectiveAt >= (range.from ?? -Infinity) && effectiveAt < (range.to ?? Infinity),
  );
  expect(await entryCount(ledger, account, range)).toBe(list.length);
  const size = 1 + random(8);
  const at = list[random(list.length + 1)];
  const cursor = at && [new Date(at.effectiveAt), at.position, at.posting];
  const index = at ? list.indexOf(at) : -1;
  const forward = random(2) === 0;
  const page = await entryPage(
    ledger,
    account,
    range,
    forward ? { first: size, after: cursor } : { last: size, before: cursor },
  );
  const expected = forward
    ? list.slice(index + 1, index + 1 + size)
    : list.slice(0, at ? index : undefined).slice(-size);
  const balances = await page.balances();
  expect(
    page.items.map(({ transactionId, amount, effectiveAt, position, posting }, i) => ({
      ...{ transactionId, amount, position, posting },
      effectiveAt: +effectiveAt,
      balanceAfter: balances[i],
    })),
  ).toEqual(expected.map(({ account: _, currency: __, ...entry }) => entry));
}

async function compareTotals(ledger: LedgerAt, { entries, asOf }: Expected) {
  const currencies = [...new Set(entries.map(({ currency }) => currency))];
  const totals = await trialBalanceTotals(ledger, Infinity);
  const byAccounts = await trialBalanceTotals(ledger, 0);
  // The same currencies, too: a final answer must not change with the way that is the cheaper one.
  expect(byAccounts).toEqual(totals);
  for (const { sum } of totals) expect(sum).toBe(0n);
  // A total of nothing is as good as none.
  const counted = entries.filter(({ effectiveAt }) => asOf === null || effectiveAt <= asOf);
  for (const currency of new Set(counted.map((entry) => entry.currency))) {
    expect(names(totals)).toContain(currency);
  }
  expect(currencies).toEqual(expect.arrayContaining(names(totals)));
}

const names = (totals: readonly CurrencyTotal[]) => totals.map(({ currency }) => currency);

async function compareTransactions(ledger: LedgerAt, { groups, asOf }: Expected) {
  const known = foldTransactions(groups);
  const found = await transactionsAt(ledger, [...known.keys(), 'unknown']);
  expect(
    new Map(
      found.map(({ id, status, reversedBy, effectiveAt }) => [
        id,
        { status, reversedBy, effectiveAt: +effectiveAt },
      ]),
    ),
  ).toEqual(known);
  const status = ['posted', 'voided'] as const;
  const page = await (await transactionList(ledger, { status })).page({ first: 500 });
  const expected = [...known]
    .filter(([, one]) => status.includes(one.status as 'posted'))
    .filter(([, { effectiveAt }]) => asOf === null || effectiveAt <= asOf)
    .map(([id]) => id);
  expect(page.items.map(({ id }) => id).sort()).toEqual(expected.sort());
}

describe('every answer at (asOf, knownAt) equals a fold of the raw events', () => {
  let under: ViewsUnderTest;
  beforeEach(async () => (under = await openViews()), 60_000);
  afterEach(() => under.close());

  it.each(seeds)(
    'random ledger %i',
    async (seed) => {
      const random = randomFrom(seed * 7919);
      const ledger = randomLedger(seed, 100);
      const { groups } = ledger;
      // The views run ahead of the checkpoint: what lies beyond it must not be seen.
      const end = groups.length - 1 - random(30);
      for (let at = 0; at < groups.length; at += 30) await under.apply(groups.slice(at, at + 30));
      await under.reach(groups[end] as LogGroup);
      const newest = await new LiveLedger(under.store).newest();
      const entries = foldEntries(groups);
      const times = entries.map(({ effectiveAt }) => effectiveAt);

      for (let pair = 0; pair < PAIRS_PER_LEDGER; pair += 1) {
        const asOf = random(5) === 0 ? null : (times[random(times.length)] as number) - random(2);
        const known = groups[random(end + 1)] as LogGroup;
        const knownAt = random(5) === 0 ? null : +known.recordedAt - random(2);
        const counted = groups
          .slice(0, end + 1)
          .filter(({ recordedAt }) => knownAt === null || +recordedAt <= knownAt);
        const last = counted.at(-1)?.position ?? -1n;
        const at = await ledgerAsOf(newest, { asOf, knownAt });
        expect(at.moment.position).toBe(last);
        expect(at.moment.final).toBe(knownAt !== null && knownAt < +(groups[end]?.recordedAt ?? 0));
        const expected: Expected = {
          groups: counted,
          entries: entries.filter(({ position }) => position <= last),
          asOf,
        };
        const accounts = await accountsOf(at, ledger);
        const opened = ledger.accounts.filter(({ id }) => foldCondition(counted, id));
        const external = expected.entries.filter(({ account }) => account.startsWith('@'));
        expect(accounts.map(({ id }) => id).sort()).toEqual(
          [...opened.map(({ id }) => id), ...new Set(external.map((e) => e.account))].sort(),
        );
        const drawn = Array.from(
          { length: Math.min(3, accounts.length) },
          () => accounts[random(accounts.length)] as AccountAt,
        );
        // One that is drawn twice has the same answers twice.
        for (const account of new Set(drawn)) await compareAccount(at, account, expected);
        if (drawn[0]) await compareList(at, drawn[0], expected, random);
        if (pair % 10 === 0) await compareTotals(at, expected);
        if (pair % 10 === 5) await compareTransactions(at, expected);
      }
    },
    240_000,
  );

  it('the totals of a log that lacks a leg, by entries and by accounts', async () => {
    const { groups } = randomLedger(42, 100);
    const lost = groups
      .flatMap(({ records }) => records)
      .findLast(
        ({ type, stream }, at, all) =>
          (type === 'AccountCredited' || type === 'AccountDebited') &&
          all.slice(at + 1).every((later) => later.stream !== stream),
      );
    const whole = groups.map((group) => ({
      ...group,
      records: group.records.filter((record) => record !== lost),
    }));
    await under.apply(whole);
    await under.reach(groups.at(-1) as LogGroup);
    const newest = await new LiveLedger(under.store).newest();
    const at = await ledgerAsOf(newest, { asOf: Date.UTC(2100), knownAt: null });
    const byEntries = await trialBalanceTotals(at, Infinity);
    expect(byEntries.filter(({ sum }) => sum !== 0n)).toHaveLength(1);
    const wrong = (totals: readonly CurrencyTotal[]) => totals.filter(({ sum }) => sum !== 0n);
    expect(wrong(await trialBalanceTotals(at, 0))).toEqual(wrong(byEntries));
    // Now, when the views have nothing beyond: from the totals that are kept.
    const now = await ledgerAsOf(newest, { asOf: null, knownAt: null });
    expect(wrong(await trialBalanceTotals(now))).toEqual(wrong(byEntries));
  }, 60_000);

  it('the history of a balance, the revision and the whole list', async () => {
    const ledger = randomLedger(99, 120);
    await under.apply(ledger.groups);
    await under.reach(ledger.groups.at(-1) as LogGroup);
    const entries = foldEntries(ledger.groups);
    const newest = await new LiveLedger(under.store).newest();
    const at = await ledgerAsOf(newest, { asOf: null, knownAt: null });
    for (const account of await accountsOf(at, ledger)) {
      const list = foldList(entries, account.id, null);
      const first = list[0]?.effectiveAt ?? 0;
      const ends = intervalEnds(first, first + 86_400_000 * 120, 'DAY', 1_000) ?? [];
      const expected = ends.map(
        (end) => list.filter(({ effectiveAt }) => effectiveAt <= end).at(-1)?.balanceAfter ?? 0n,
      );
      expect(await balancesAtTimes(at, account, ends)).toEqual(expected);
      const page = await entryPage(at, account, {}, { first: 500 });
      expect(await page.balances()).toEqual(list.map(({ balanceAfter }) => balanceAfter));
      const records = ledger.groups.flatMap(({ records }) => records);
      const own = records.filter(({ stream }) => stream === `account-${account.id}`);
      expect(await accountRevision(at, account)).toBe(own.at(-1)?.revision ?? null);
    }
  }, 60_000);

  it('a walk through a list is not disturbed by what is recorded meanwhile', async () => {
    const ledger = randomLedger(7, 160);
    const live = new LiveLedger(under.store);
    const half = ledger.groups.length >> 1;
    await under.apply(ledger.groups.slice(0, half));
    await under.reach(ledger.groups[half - 1] as LogGroup);
    const before = foldList(foldEntries(ledger.groups.slice(0, half)), 'alice', null);
    const seen: string[] = [];
    let done = half;
    let after: ReturnType<typeof entryKey> | undefined;
    for (let more = true; more;) {
      const at = await ledgerAsOf(await live.newest(), { asOf: null, knownAt: null });
      const [alice] = await internalAccountsAt(at, ['alice']);
      const page = await entryPage(at, alice as AccountAt, {}, { first: 4, after });
      seen.push(...page.items.map(({ _id }) => _id));
      const last = page.items.at(-1);
      if (last) after = entryKey(last);
      more = await page.hasNextPage();
      const next = ledger.groups.slice(done, done + 6);
      done += next.length;
      await under.apply(next);
      if (next.length > 0) await under.reach(next.at(-1) as LogGroup);
    }
    const ids = before.map(({ position }) => position);
    const seenPositions = seen.map((id) => BigInt(id.split(':')[1] ?? ''));
    expect(new Set(seen).size).toBe(seen.length);
    expect(ids.filter((position) => !seenPositions.includes(position))).toEqual([]);
  }, 60_000);
});
