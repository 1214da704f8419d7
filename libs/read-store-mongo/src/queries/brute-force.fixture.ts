import { isExternal } from '@daybook/kernel';
import type { LogGroup } from '@daybook/read-model';

interface Side {
  readonly accountId: string;
  readonly transactionId: string;
  readonly posting: number;
  readonly amount: string;
  readonly currency: string;
  readonly heldAfter: string;
  readonly effectiveAt?: string;
  readonly postings: readonly { from: string; to: string; amount: string; currency: string }[];
}

export interface FoldedEntry {
  readonly account: string;
  readonly currency: string;
  readonly transactionId: string;
  readonly amount: bigint;
  readonly effectiveAt: number;
  readonly position: bigint;
  readonly posting: number;
}

/** All entries that raw events of the given groups make, internal and external, in log order. */
export function foldEntries(groups: readonly LogGroup[]): FoldedEntry[] {
  return groups.flatMap(({ records, recordedAt }) =>
    records.flatMap(({ type, data, position }): FoldedEntry[] => {
      const side = data as Side;
      const effectiveAt = Date.parse(side.effectiveAt ?? recordedAt.toISOString());
      const { transactionId } = side;
      if (type === 'AccountCredited' || type === 'AccountDebited') {
        const { accountId: account, currency, posting } = side;
        const amount = type === 'AccountDebited' ? -BigInt(side.amount) : BigInt(side.amount);
        return [{ account, currency, transactionId, amount, effectiveAt, position, posting }];
      }
      if (type !== 'TransactionPosted') return [];
      return side.postings.flatMap(({ from, to, amount, currency }, posting) =>
        [from, to].filter(isExternal).map((rail) => ({
          ...{ account: `${rail}:${currency}`, currency, transactionId },
          ...{ amount: rail === from ? -BigInt(amount) : BigInt(amount), effectiveAt },
          ...{ position, posting },
        })),
      );
    }),
  );
}

/** Entries effective by a time (null: all), in the order of lists, with their running sums. */
export function foldList(entries: readonly FoldedEntry[], account: string, asOf: number | null) {
  let sum = 0n;
  return entries
    .filter((entry) => entry.account === account && (asOf === null || entry.effectiveAt <= asOf))
    .sort(
      (a, b) =>
        a.effectiveAt - b.effectiveAt || Number(a.position - b.position) || a.posting - b.posting,
    )
    .map((entry) => ({ ...entry, balanceAfter: (sum += entry.amount) }));
}

/** What an account holds after the given groups. */
export function foldHeld(groups: readonly LogGroup[], account: string): bigint {
  const last = groups
    .flatMap(({ records }) => records)
    .filter(
      ({ stream, data }) => stream === `account-${account}` && 'heldAfter' in (data as object),
    )
    .at(-1);
  return BigInt((last?.data as Side | undefined)?.heldAfter ?? '0');
}

/** Status, limit and name after the given groups; undefined before the opening. */
export function foldCondition(groups: readonly LogGroup[], account: string) {
  let condition: Record<'status' | 'overdraftLimit' | 'name', unknown> | undefined;
  for (const { type, stream, data } of groups.flatMap(({ records }) => records)) {
    if (stream !== `account-${account}`) continue;
    const { overdraftLimit, personal } = data as {
      overdraftLimit?: string | null;
      personal?: { data: { name: string } };
    };
    const limit = typeof overdraftLimit === 'string' ? BigInt(overdraftLimit) : overdraftLimit;
    if (type === 'AccountOpened') {
      condition = { status: 'open', overdraftLimit: limit, name: personal?.data.name };
    }
    if (!condition) continue;
    if (type === 'AccountFrozen') condition.status = 'frozen';
    if (type === 'AccountUnfrozen') condition.status = 'open';
    if (type === 'AccountLimitsChanged') condition.overdraftLimit = limit;
    if (type === 'AccountDetailsChanged') condition.name = personal?.data.name;
  }
  return condition;
}

/** The transactions that the given groups made, by id. */
export function foldTransactions(groups: readonly LogGroup[]) {
  const found = new Map<
    string,
    { status: string; reversedBy: string | null; effectiveAt: number }
  >();
  for (const { records, recordedAt } of groups) {
    for (const { type, data } of records) {
      const { transactionId, reversalId, effectiveAt } = data as Side & { reversalId?: string };
      const first = { pending: 'TransactionPending', posted: 'TransactionPosted' };
      for (const [status, name] of Object.entries(first)) {
        if (type !== name) continue;
        const at = Date.parse(effectiveAt ?? recordedAt.toISOString());
        found.set(transactionId, { status, reversedBy: null, effectiveAt: at });
      }
      const known = found.get(transactionId);
      if (known && type === 'TransactionVoided') known.status = 'voided';
      if (known && type === 'TransactionReversed') {
        known.status = 'reversed';
        known.reversedBy = reversalId ?? null;
      }
    }
  }
  return found;
}
