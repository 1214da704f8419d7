import { totalId, type TotalView } from '@daybook/ledger-contracts';
import type { Recorded } from '../recorded-event';

/** An event that moves money on an internal account. */
export type LegEvent = Extract<
  Recorded['event'],
  { readonly type: 'AccountCredited' | 'AccountDebited' }
>;

export const isLeg = (recorded: Recorded): recorded is Recorded<LegEvent> =>
  recorded.event.type === 'AccountCredited' || recorded.event.type === 'AccountDebited';

/**
 * A partition's share of a currency's total, from the legs alone, so that comparing it with the
 * external accounts is a real check. Adds up; a leg at or before its position is in it already.
 */
export function applyToTotal(
  view: TotalView | undefined,
  partition: number,
  { event, position }: Recorded<LegEvent>,
): TotalView {
  if (view !== undefined && view.position >= position) return view;
  const { currency } = event.data;
  const amount = BigInt(event.data.amount);
  const sum = (view?.sum ?? 0n) + (event.type === 'AccountCredited' ? amount : -amount);
  return { _id: totalId(currency, partition), currency, partition, position, sum };
}
