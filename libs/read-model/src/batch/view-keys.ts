import { totalId } from '@daybook/ledger-contracts';
import { CLOCK_PARTITION, secondOf } from '../clock/clock.projection';
import { externalLegs } from '../external-accounts/external-account.projection';
import { isLeg } from '../totals/total.projection';
import type { ReadGroup } from './read-records';

/** The views a batch touches, by id. */
export interface ViewKeys {
  readonly accounts: readonly string[];
  readonly transactions: readonly string[];
  readonly external_accounts: readonly string[];
  readonly totals: readonly string[];
  /** Seconds, as milliseconds since 1970. */
  readonly clock: readonly number[];
}

/**
 * What must be loaded before a batch is folded. A stream that begins in the batch has no view
 * yet, unless the batch was applied before: the guarded insert finds that out, so at first only
 * those begun before need loading.
 */
export function viewKeys(
  groups: readonly ReadGroup[],
  partitions: ReadonlySet<number>,
  streamsLoaded: 'begun before' | 'any',
): ViewKeys {
  const begun = new Set<string>();
  const streams = { account: new Set<string>(), transaction: new Set<string>() };
  const series = new Set<string>();
  const totals = new Set<string>();
  const seconds = new Set<number>();
  for (const group of groups) {
    if (partitions.has(CLOCK_PARTITION)) seconds.add(secondOf(group.recordedAt).getTime());
    for (const { stream, kind, id, partition, revision, recorded } of group.records) {
      if (revision === 0 && streamsLoaded === 'begun before') begun.add(stream);
      if (!begun.has(stream)) streams[kind].add(id);
      if (!recorded) continue;
      if (isLeg(recorded)) totals.add(totalId(recorded.event.data.currency, partition));
      if (recorded.event.type === 'TransactionPosted') {
        for (const leg of externalLegs(recorded.event.data)) series.add(leg.series);
      }
    }
  }
  return {
    accounts: [...streams.account],
    transactions: [...streams.transaction],
    external_accounts: [...series],
    totals: [...totals],
    clock: [...seconds],
  };
}
