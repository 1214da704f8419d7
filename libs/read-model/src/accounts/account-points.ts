import {
  pointId,
  type AccountStateView,
  type AccountView,
  type EntryView,
  type HoldView,
} from '@daybook/ledger-contracts';
import { effectiveTime, type Recorded } from '../recorded-event';

/** The entry of a credit or debit; undefined for other events. Needs the view before and after. */
export function accountEntry(
  before: AccountView | undefined,
  after: AccountView,
  { event, revision, position, recordedAt }: Recorded,
): EntryView | undefined {
  if (event.type !== 'AccountCredited' && event.type !== 'AccountDebited') return undefined;
  const { data } = event;
  const amount = BigInt(data.amount);
  const effectiveAt = effectiveTime(data.effectiveAt, recordedAt);
  const max = before?.effectiveMax ?? null;
  return {
    _id: pointId(after._id, position, data.posting),
    account: after._id,
    series: after._id,
    partition: after.partition,
    revision,
    position,
    posting: data.posting,
    transactionId: data.transactionId,
    kind: data.kind,
    counterparty: data.counterparty,
    currency: data.currency,
    amount: event.type === 'AccountCredited' ? amount : -amount,
    balanceAfter: after.posted,
    effectiveAt,
    effectiveMax: after.effectiveMax ?? effectiveAt,
    late: max !== null && effectiveAt.getTime() < max.getTime(),
    recordedAt,
  };
}

/** The account's condition from here on, where this event changed it. */
export function accountState(
  after: AccountView,
  { event, revision, position, recordedAt }: Recorded,
): AccountStateView | undefined {
  if (!changesCondition.has(event.type)) return undefined;
  const { _id: account, status, freezeScope, overdraftLimit, limits, name, metadata } = after;
  const condition = { status, freezeScope, overdraftLimit, limits, name, metadata };
  return { _id: pointId(account, position), account, revision, position, recordedAt, ...condition };
}

const changesCondition: ReadonlySet<string> = new Set([
  'AccountOpened',
  'AccountFrozen',
  'AccountUnfrozen',
  'AccountClosed',
  'AccountLimitsChanged',
  'AccountDetailsChanged',
]);

/**
 * What the account holds from here on, where this event changed that or what is expected: so every
 * event has an entry, a condition or this, and the revision at any moment can be told from them.
 */
export function accountHold(
  before: AccountView | undefined,
  after: AccountView,
  { event, revision, position, recordedAt }: Recorded,
): HoldView | undefined {
  if (before === undefined) return undefined;
  if (before.held === after.held && before.incoming === after.incoming) return undefined;
  if (!('transactionId' in event.data)) return undefined;
  const { transactionId } = event.data;
  const point = { _id: pointId(after._id, position), account: after._id, revision, position };
  return { ...point, recordedAt, transactionId, heldAfter: after.held };
}
