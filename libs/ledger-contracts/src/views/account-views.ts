import type { StoredLimits } from '../events/account-events';

export type AccountStatusView = 'open' | 'frozen' | 'closed';

/** Limits in minor units; null or absent: no such limit. */
export type LimitsView = {
  readonly [Limit in keyof StoredLimits]?: bigint | null;
};

/** What an account is on the recorded axis: everything but its balances. */
export interface AccountCondition {
  readonly status: AccountStatusView;
  readonly freezeScope: 'all' | 'debits' | null;
  /** Minor units; null: unlimited. */
  readonly overdraftLimit: bigint | null;
  readonly limits: LimitsView;
  readonly name: string | null;
  /** An object as JSON text: BSON refuses some keys that JSON allows. */
  readonly metadata: string | null;
}

/** An internal account as it is now, in `accounts`; `_id` is the account's id. */
export interface AccountView extends AccountCondition {
  readonly _id: string;
  readonly partition: number;
  /** Revision and position of the last event applied. */
  readonly revision: number;
  readonly position: bigint;
  readonly currency: string;
  readonly exponent: number;
  readonly ownerId: string | null;
  readonly openedAt: Date;
  readonly openedPosition: bigint;
  /** Minor units. */
  readonly posted: bigint;
  readonly held: bigint;
  readonly incoming: bigint;
  /** The highest effective time of any entry so far; null before the first. */
  readonly effectiveMax: Date | null;
  /** An event of this stream could not be applied: the view stands still before it. */
  readonly quarantined?: true;
}

/** An account's condition from a position on, in `account_states`: one per change of it. */
export interface AccountStateView extends AccountCondition {
  /** `pointId(account, position)`: sorts by account, then position. */
  readonly _id: string;
  readonly account: string;
  readonly revision: number;
  readonly position: bigint;
  readonly recordedAt: Date;
}

/** What an account holds from a position on, in `holds`: at its changes and those of `incoming`. */
export interface HoldView {
  /** `pointId(account, position)`: sorts by account, then position. */
  readonly _id: string;
  readonly account: string;
  readonly revision: number;
  readonly position: bigint;
  readonly recordedAt: Date;
  readonly transactionId: string;
  /** Minor units. */
  readonly heldAfter: bigint;
}

/** A partition's share of an external account, in `external_accounts`. */
export interface ExternalAccountView {
  /** The series: `@bank:CZK#3`. */
  readonly _id: string;
  /** `@bank:CZK`. */
  readonly account: string;
  /** `@bank`. */
  readonly rail: string;
  readonly currency: string;
  readonly partition: number;
  /** Position and posting of the last entry applied: the revision of a view without a stream. */
  readonly position: bigint;
  readonly posting: number;
  /** Position of the first entry: where the account begins to exist. */
  readonly firstPosition: bigint;
  readonly openedAt: Date;
  /** Minor units; wide: may lie beyond 64 bits. */
  readonly balance: bigint;
  readonly effectiveMax: Date;
}
