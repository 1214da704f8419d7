import type { LimitsView, StoredLimits } from '@daybook/ledger-contracts';

/** The limits after a change: null takes one away, absent leaves it as it was. */
export function limitsAfter(before: LimitsView, change: StoredLimits): LimitsView {
  const changed = Object.entries(change)
    .filter(([, limit]) => limit !== undefined)
    .map(([name, limit]) => [name, limit === null ? null : BigInt(limit as string)] as const);
  const kept = Object.entries({ ...before, ...Object.fromEntries(changed) });
  return Object.fromEntries(kept.filter(([, limit]) => limit !== null));
}
