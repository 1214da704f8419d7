import {
  type EntryView,
  type ExternalAccountView,
  lateSpan,
  type LateEntryView,
  type TotalView,
} from '@daybook/ledger-contracts';
import type { Document } from 'mongodb';
import { storedWide, wideAmount } from '../wide-amount';

/** Wide sums are encoded here and nowhere else: the driver would wrap them around silently. */
export const storedEntry = (entry: EntryView): Document =>
  entry.revision === null ? { ...entry, balanceAfter: storedWide(entry.balanceAfter) } : entry;

export const storedExternal = (view: ExternalAccountView): Document => ({
  ...view,
  balance: storedWide(view.balance),
});

export const storedTotal = (view: TotalView): Document => ({ ...view, sum: storedWide(view.sum) });

export const readExternal = (stored: ExternalAccountView): ExternalAccountView => ({
  ...stored,
  balance: wideAmount(stored.balance),
});

export const readTotal = (stored: TotalView): TotalView => ({
  ...stored,
  sum: wideAmount(stored.sum),
});

export const readEntry = (stored: EntryView): EntryView => ({
  ...stored,
  balanceAfter: wideAmount(stored.balanceAfter),
});

/** The copy of a late entry that time travel adds up. */
export const lateEntry = (entry: EntryView): LateEntryView => {
  const { _id, series, position, posting, amount, effectiveAt, effectiveMax } = entry;
  const span = lateSpan(effectiveMax.getTime() - effectiveAt.getTime());
  return { _id, series, position, posting, amount, effectiveAt, span };
};
