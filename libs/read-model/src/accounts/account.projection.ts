import { partitionOf, type AccountView } from '@daybook/ledger-contracts';
import { defineProjection } from '../projection';
import { freeText } from '../personal';
import { effectiveTime, laterOf, type Recorded } from '../recorded-event';
import { limitsAfter } from './limits';

const place = ({ revision, position }: Recorded) => ({ revision, position });

const bigintOrNull = (minorUnits: string | null): bigint | null =>
  minorUnits === null ? null : BigInt(minorUnits);

type Leg = Recorded & {
  readonly data: {
    readonly balanceAfter: string;
    readonly heldAfter: string;
    readonly effectiveAt?: string | undefined;
  };
};

/**
 * A leg sets what it says: the balances after it. The most common change of all, so its fields are
 * named one by one: copies of copies by spreading are ten times slower in V8 (no two alike inside).
 */
function balances(
  view: AccountView,
  { data, revision, position }: Leg,
  effectiveMax: Date | null,
): AccountView {
  const after: AccountView = {
    _id: view._id,
    partition: view.partition,
    revision,
    position,
    currency: view.currency,
    exponent: view.exponent,
    ownerId: view.ownerId,
    openedAt: view.openedAt,
    openedPosition: view.openedPosition,
    status: view.status,
    freezeScope: view.freezeScope,
    overdraftLimit: view.overdraftLimit,
    limits: view.limits,
    name: view.name,
    metadata: view.metadata,
    posted: BigInt(data.balanceAfter),
    held: BigInt(data.heldAfter),
    incoming: view.incoming,
    effectiveMax,
  };
  return view.quarantined ? { ...after, quarantined: true } : after;
}

/** A leg of a hold or of what is expected. */
const leg = (view: AccountView, recorded: Leg): AccountView =>
  balances(view, recorded, view.effectiveMax);

/** A leg that moves money also counts at a time. */
const entry = (view: AccountView, recorded: Leg): AccountView => {
  const effectiveAt = effectiveTime(recorded.data.effectiveAt, recorded.recordedAt);
  return balances(view, recorded, laterOf(view.effectiveMax, effectiveAt));
};

/** An internal account as it is now. */
export const accountProjection = defineProjection({
  name: 'accounts',
  version: 1,
  first: ['AccountOpened'],
  on: {
    AccountOpened: (_view: AccountView | undefined, recorded): AccountView => {
      const { data, position, recordedAt } = recorded;
      const { name, metadata } = freeText(data.personal);
      return {
        _id: data.accountId,
        partition: partitionOf(data.accountId),
        ...place(recorded),
        currency: data.currency,
        exponent: data.exponent,
        ownerId: data.ownerId ?? null,
        openedAt: recordedAt,
        openedPosition: position,
        status: 'open',
        freezeScope: null,
        overdraftLimit: bigintOrNull(data.overdraftLimit),
        limits: {},
        name,
        metadata,
        posted: 0n,
        held: 0n,
        incoming: 0n,
        effectiveMax: null,
      };
    },
    AccountFrozen: (view, recorded): AccountView => ({
      ...view,
      ...place(recorded),
      status: 'frozen',
      freezeScope: recorded.data.scope,
    }),
    AccountUnfrozen: (view, recorded): AccountView => ({
      ...view,
      ...place(recorded),
      status: 'open',
      freezeScope: null,
    }),
    AccountClosed: (view, recorded): AccountView => ({
      ...view,
      ...place(recorded),
      status: 'closed',
      freezeScope: null,
    }),
    AccountLimitsChanged: (view, recorded) => {
      const { overdraftLimit, limits = {} } = recorded.data;
      return {
        ...view,
        ...place(recorded),
        overdraftLimit:
          overdraftLimit === undefined ? view.overdraftLimit : bigintOrNull(overdraftLimit),
        limits: limitsAfter(view.limits, limits),
      };
    },
    AccountDetailsChanged: (view, recorded) => {
      const { name, metadata } = freeText(recorded.data.personal, view);
      return { ...view, ...place(recorded), name, metadata };
    },
    AccountCredited: entry,
    AccountDebited: entry,
    HoldPlaced: leg,
    HoldReleased: leg,
    IncomingPending: (view, recorded) => ({
      ...leg(view, recorded),
      incoming: BigInt(recorded.data.incomingAfter),
    }),
    IncomingSettled: (view, recorded) => ({
      ...leg(view, recorded),
      incoming: BigInt(recorded.data.incomingAfter),
    }),
  },
});
