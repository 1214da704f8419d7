import { noLimits, readStoredAmount, storedAmount, type AccountState } from './account-state';
import type { LedgerState } from './operation';

/** An account's values by place, amounts as texts; a name for each would be half of the text. */
type Packed = readonly [
  accountId: string,
  currency: string,
  exponent: number,
  ownerId: string | null,
  status: AccountState['status'],
  scope: 'all' | 'debits' | null,
  overdraftLimit: string | null,
  perTransaction: string | null,
  perDay: string | null,
  minimumBalance: string | null,
  posted: string,
  held: string,
  incoming: string,
  day: string,
  dayTotal: string,
  at: string,
  caller: string,
  digest: string,
  digestVersion: number,
  openedOverdraftLimit: string | null,
];

/** An account's state as a short text. */
export function packAccount(account: AccountState): string {
  const { limits, opening } = account;
  const packed: Packed = [
    account.accountId,
    account.currency,
    account.exponent,
    account.ownerId ?? null,
    account.status,
    account.scope ?? null,
    storedAmount(account.overdraftLimit),
    storedAmount(limits.perTransaction),
    storedAmount(limits.perDay),
    storedAmount(limits.minimumBalance),
    String(account.posted),
    String(account.held),
    String(account.incoming),
    account.day,
    String(account.dayTotal),
    account.at,
    opening.caller,
    opening.digest,
    opening.digestVersion,
    storedAmount(account.openedOverdraftLimit),
  ];
  return JSON.stringify(packed);
}

/** The state that `packAccount` was given. */
export function unpackAccount(text: string): AccountState {
  const [
    accountId,
    currency,
    exponent,
    ownerId,
    status,
    scope,
    overdraftLimit,
    perTransaction,
    perDay,
    minimumBalance,
    posted,
    held,
    incoming,
    day,
    dayTotal,
    at,
    caller,
    digest,
    digestVersion,
    openedOverdraftLimit,
  ] = JSON.parse(text) as Packed;
  const limited = perTransaction !== null || perDay !== null || minimumBalance !== null;
  return {
    of: 'account',
    accountId,
    currency,
    exponent,
    ownerId: ownerId ?? undefined,
    status,
    scope: scope ?? undefined,
    overdraftLimit: readStoredAmount(overdraftLimit),
    limits: limited
      ? {
          perTransaction: readStoredAmount(perTransaction),
          perDay: readStoredAmount(perDay),
          minimumBalance: readStoredAmount(minimumBalance),
        }
      : noLimits,
    posted: BigInt(posted),
    held: BigInt(held),
    incoming: BigInt(incoming),
    day,
    dayTotal: BigInt(dayTotal),
    at,
    opening: { caller, digest, digestVersion },
    openedOverdraftLimit: readStoredAmount(openedOverdraftLimit),
  };
}

/** How streams are kept in memory between commands: transactions, read rarely, as they are. */
export const ledgerPacking = {
  pack: (state: LedgerState) => (state.of === 'account' ? packAccount(state) : undefined),
  unpack: unpackAccount as (text: string) => LedgerState,
} as const;
