import { isExternal } from '@daybook/kernel';
import {
  externalAccountId,
  externalSeriesId,
  partitionOf,
  pointId,
  type EntryView,
  type EventData,
  type ExternalAccountView,
} from '@daybook/ledger-contracts';
import { effectiveTime, laterOf, type Recorded } from '../recorded-event';

type Posted = EventData<'TransactionPosted'>;

/** The external side of one posting: where it belongs and what it changes. */
export interface ExternalLeg {
  readonly series: string;
  readonly account: string;
  readonly rail: string;
  readonly counterparty: string;
  readonly currency: string;
  readonly posting: number;
  /** Minor units; negative when money leaves the external account. */
  readonly amount: bigint;
}

/** The external sides of a posted transaction, in the order of its postings. */
export function externalLegs({ transactionId, postings }: Posted): readonly ExternalLeg[] {
  if (!postings.some(({ from, to }) => isExternal(from) || isExternal(to))) return [];
  const partition = partitionOf(transactionId);
  return postings.flatMap(({ from, to, amount, currency }, posting) => {
    const rail = isExternal(from) ? from : to;
    if (!isExternal(rail)) return [];
    const leaves = rail === from;
    return [
      {
        series: externalSeriesId(rail, currency, partition),
        account: externalAccountId(rail, currency),
        rail,
        counterparty: leaves ? to : from,
        currency,
        posting,
        amount: leaves ? -BigInt(amount) : BigInt(amount),
      },
    ];
  });
}

/** True when the view has this leg in it already. */
export const includesLeg = (
  view: ExternalAccountView | undefined,
  position: bigint,
  posting: number,
): boolean =>
  view !== undefined &&
  (view.position > position || (view.position === position && view.posting >= posting));

/**
 * An external account's share of a partition, from the closing records in log order. Nobody keeps
 * its balance for it, so this one projection adds up; `includesLeg` keeps it from doing so twice.
 */
export function applyExternalLeg(
  view: ExternalAccountView | undefined,
  leg: ExternalLeg,
  { event, position, recordedAt }: Recorded<Extract<Recorded['event'], { data: Posted }>>,
): { readonly view: ExternalAccountView; readonly entry: EntryView } {
  const { transactionId, kind, effectiveAt: given } = event.data;
  const { series, account, rail, counterparty, currency, posting, amount } = leg;
  const partition = partitionOf(transactionId);
  const effectiveAt = effectiveTime(given, recordedAt);
  const effectiveMax = laterOf(view?.effectiveMax ?? null, effectiveAt);
  const balance = (view?.balance ?? 0n) + amount;
  const late = view !== undefined && effectiveAt.getTime() < view.effectiveMax.getTime();
  return {
    view: {
      _id: series,
      account,
      rail,
      currency,
      partition,
      position,
      posting,
      firstPosition: view?.firstPosition ?? position,
      openedAt: view?.openedAt ?? recordedAt,
      balance,
      effectiveMax,
    },
    entry: {
      _id: pointId(series, position, posting),
      account,
      series,
      partition,
      revision: null,
      position,
      posting,
      transactionId,
      kind,
      counterparty,
      currency,
      amount,
      balanceAfter: balance,
      effectiveAt,
      effectiveMax,
      late,
      recordedAt,
    },
  };
}
