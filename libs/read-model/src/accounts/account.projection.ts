import { partitionOf, type AccountView } from '@daybook/ledger-contracts';
import { defineProjection } from '../projection';
import { freeText } from '../personal';
import { effectiveTime, laterOf, type Recorded } from '../recorded-event';
import { limitsAfter } from './limits';

const place = ({ revision, position }: Recorded) => ({ revision, position });

const bigintOrNull = (minorUnits: string | null): bigint | null =>
  minorUnits === null ? null : BigInt(minorUnits);

/** A leg sets what it says: the balances after it. */
const leg = (
  view: AccountView,
  recorded: Recorded & {
    readonly data: { balanceAfter: string; heldAfter: string };
  },
): AccountView => ({
  ...view,
  revision: recorded.revision,
  position: recorded.position,
  posted: BigInt(recorded.data.balanceAfter),
  held: BigInt(recorded.data.heldAfter),
});

/** A leg that moves money also counts at a time; the most common event, so one copy of the view. */
const entry = (
  view: AccountView,
  recorded: Recorded & {
    readonly data: { balanceAfter: string; heldAfter: string; effectiveAt?: string | undefined };
  },
): AccountView => ({
  ...view,
  revision: recorded.revision,
  position: recorded.position,
  posted: BigInt(recorded.data.balanceAfter),
  held: BigInt(recorded.data.heldAfter),
  effectiveMax: laterOf(
    view.effectiveMax,
    effectiveTime(recorded.data.effectiveAt, recorded.recordedAt),
  ),
});

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
