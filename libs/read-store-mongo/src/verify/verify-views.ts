import { pause, type EventLog } from '@daybook/event-store';
import { ledgerPrefixes } from '@daybook/ledger-contracts';
import { LedgerLaws, RecomputedViews, type PointCounts } from '@daybook/read-model';
import { readToEnd, readUpTo } from '@daybook/subscription';
import { lowestCheckpoint } from '../checkpoints/mongo-checkpoints';
import type { Views } from '../collections/views';
import { compareDocuments } from './compare-documents';
import { comparePoints } from './compare-points';
import type { Difference } from './differences';

export interface VerifyOptions {
  readonly views: Views;
  readonly log: EventLog;
  /** Told each difference as it is found. */
  readonly onDifference: (difference: Difference) => void;
  /** Compares views that stand still at this position; absent: at the end of the log. */
  readonly upTo?: bigint;
  /** Told how many records were checked so far. */
  readonly onProgress?: (records: number) => void;
  /** How long the projector may take to reach the end of the log. */
  readonly waitMs?: number;
  readonly signal: AbortSignal;
}

export interface VerifyReport {
  readonly records: number;
  readonly accounts: number;
  readonly transactions: number;
  readonly entries: number;
  readonly differences: number;
  /** Those among the differences that may come of what was written meanwhile. */
  readonly uncertain: number;
}

const POLL_MS = 100;

/**
 * Checks the ledger's laws, recomputes every view from the log and compares: every point, every
 * document, and that nothing else is stored. The views should be at rest: when the log has grown
 * meanwhile, nobody can tell differences of the views from what was projected since.
 */
export async function verifyViews(options: VerifyOptions): Promise<VerifyReport> {
  let differences = 0;
  const report = (found: readonly Difference[]) => {
    differences += found.length;
    found.forEach(options.onDifference);
  };
  const { records, end } = await checkLaws(options, report);
  if (end !== undefined) report(await waitFor(options, end));
  const beforeViews = differences;
  const recomputed = await compareAll(options, report, end);
  const ofViews = differences - beforeViews;
  const uncertain = ofViews > 0 && (await hasGrown(options, end)) ? ofViews : 0;
  report(imbalances(recomputed));
  const { accounts, transactions, counts } = recomputed;
  const sizes = { accounts: accounts.size, transactions: transactions.size };
  return { records, ...sizes, entries: counts.entries, differences, uncertain };
}

type Report = (found: readonly Difference[]) => void;

/** By pages, as no law depends on when something was recorded; finds the end on the way. */
async function checkLaws({ log, upTo, onProgress, signal }: VerifyOptions, report: Report) {
  const laws = new LedgerLaws();
  let end: bigint | undefined;
  let records = 0;
  for await (const page of readToEnd(log, ledgerPrefixes)) {
    signal.throwIfAborted();
    const groups = page.filter(({ position }) => upTo === undefined || position <= upTo);
    for (const group of groups) report(laws.take(group).map(asDifference));
    records += groups.reduce((sum, group) => sum + group.records.length, 0);
    end = groups.at(-1)?.position ?? end;
    onProgress?.(records);
    if (groups.length < page.length) break;
  }
  return { records, end };
}

async function compareAll(
  { views, log, signal }: VerifyOptions,
  report: Report,
  end: bigint | undefined,
): Promise<RecomputedViews> {
  const recomputed = new RecomputedViews();
  if (end !== undefined) {
    for await (const groups of readUpTo(log, ledgerPrefixes, end)) {
      signal.throwIfAborted();
      report(await comparePoints(views, recomputed.apply(groups)));
    }
  }
  for await (const found of compareDocuments(views, recomputed)) report(found);
  report(await extraPoints(views, recomputed.counts));
  return recomputed;
}

async function hasGrown({ log, upTo }: VerifyOptions, end: bigint | undefined): Promise<boolean> {
  if (upTo !== undefined) return false;
  return (await log.readAfter(end ?? 'start', 1, ledgerPrefixes)).length > 0;
}

const imbalances = (recomputed: RecomputedViews): readonly Difference[] =>
  recomputed.imbalances().map(({ currency, sum }) => ({
    where: 'totals',
    id: currency,
    detail: `internal and external accounts sum to ${sum} minor units instead of zero`,
  }));

const asDifference = (broken: {
  readonly law: string;
  readonly stream: string;
  readonly position: bigint;
  readonly detail: string;
}): Difference => ({
  where: 'log',
  id: broken.stream,
  detail: `${broken.law} at position ${broken.position}: ${broken.detail}`,
});

async function waitFor(options: VerifyOptions, end: bigint): Promise<readonly Difference[]> {
  const { views, waitMs = 30_000, signal } = options;
  for (let waited = 0; !signal.aborted; waited += POLL_MS) {
    const reached = (await lowestCheckpoint(views))?.position;
    if (reached !== undefined && reached >= end) return [];
    if (waited >= waitMs) {
      const detail = `stand at ${reached ?? 'nothing'}, the log ends at ${end}`;
      return [{ where: 'checkpoints', id: 'views', detail }];
    }
    await pause(POLL_MS, signal);
  }
  return [];
}

/** All expected points were found one by one: a greater number means that others are there. */
async function extraPoints(views: Views, counts: PointCounts): Promise<readonly Difference[]> {
  const found = await Promise.all(
    (['entries', 'late_entries', 'holds', 'account_states'] as const).map(async (name) => {
      const stored = await views.collection(name).countDocuments();
      const extra = stored - counts[name];
      return { where: name, id: 'all', detail: `${extra} more than the log leads to`, extra };
    }),
  );
  return found.flatMap(({ extra, ...difference }) => (extra > 0 ? [difference] : []));
}
