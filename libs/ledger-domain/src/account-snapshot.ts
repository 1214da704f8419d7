import { accountSnapshotStream, identity, type Identity } from '@daybook/ledger-contracts';
import { limitNames, storedAmount, type AccountState } from './account-state';
import type { LedgerState } from './operation';

/** Raised with every change of the state's shape or of how it is folded. */
export const ACCOUNT_SNAPSHOT_VERSION = 1;

/** Loading an account reads at most about this many events after its snapshot. */
const EVENTS_BETWEEN_SNAPSHOTS = 500;

type Stored = Readonly<Record<string, unknown>>;

const amounts = ['posted', 'held', 'incoming', 'dayTotal'] as const;

/** An account's state as plain JSON, amounts as strings. */
export function encodeAccount(account: AccountState): Stored {
  return {
    ...account,
    overdraftLimit: storedAmount(account.overdraftLimit),
    openedOverdraftLimit: storedAmount(account.openedOverdraftLimit),
    limits: Object.fromEntries(
      limitNames.map((name) => [name, storedAmount(account.limits[name])]),
    ),
    ...Object.fromEntries(amounts.map((name) => [name, String(account[name])])),
  };
}

const broken = (name: string): Error => new Error(`a snapshot of an account is broken at ${name}`);

function readText(stored: Stored, name: string): string {
  const value = stored[name];
  if (typeof value !== 'string') throw broken(name);
  return value;
}

const readAmount = (stored: Stored, name: string): bigint => BigInt(readText(stored, name));

const readLimit = (stored: Stored, name: string): bigint | null =>
  stored[name] === null ? null : readAmount(stored, name);

function readOneOf<const Value extends string>(
  stored: Stored,
  name: string,
  all: readonly Value[],
) {
  const found = all.find((value) => value === stored[name]);
  if (found === undefined) throw broken(name);
  return found;
}

function readObject(stored: Stored, name: string): Stored {
  const value = stored[name];
  if (typeof value !== 'object' || value === null) throw broken(name);
  return value as Stored;
}

function readIdentity(stored: Stored): Identity {
  const parsed = identity.safeParse(stored.opening);
  if (!parsed.success) throw broken('opening');
  return parsed.data;
}

function readExponent({ exponent }: Stored): number {
  if (typeof exponent !== 'number') throw broken('exponent');
  return exponent;
}

/** Reads a state that `encodeAccount` wrote; throws on anything else. */
export function decodeAccount(data: unknown): AccountState {
  const stored = readObject({ data }, 'data');
  const limited = readObject(stored, 'limits');
  return {
    of: 'account',
    accountId: readText(stored, 'accountId'),
    currency: readText(stored, 'currency'),
    exponent: readExponent(stored),
    ownerId: stored.ownerId === undefined ? undefined : readText(stored, 'ownerId'),
    status: readOneOf(stored, 'status', ['open', 'frozen', 'closed']),
    scope: stored.scope === undefined ? undefined : readOneOf(stored, 'scope', ['all', 'debits']),
    overdraftLimit: readLimit(stored, 'overdraftLimit'),
    limits: {
      perTransaction: readLimit(limited, 'perTransaction'),
      perDay: readLimit(limited, 'perDay'),
      minimumBalance: readLimit(limited, 'minimumBalance'),
    },
    posted: readAmount(stored, 'posted'),
    held: readAmount(stored, 'held'),
    incoming: readAmount(stored, 'incoming'),
    day: readText(stored, 'day'),
    dayTotal: readAmount(stored, 'dayTotal'),
    at: readText(stored, 'at'),
    opening: readIdentity(stored),
    openedOverdraftLimit: readLimit(stored, 'openedOverdraftLimit'),
  };
}

/** Snapshots of `account-<id>`, in `snapshot-account-<id>`; other streams stay short. */
export const accountSnapshots = {
  version: ACCOUNT_SNAPSHOT_VERSION,
  everyEvents: EVENTS_BETWEEN_SNAPSHOTS,
  streamOf: (stream: string): string | undefined =>
    stream.startsWith('account-')
      ? accountSnapshotStream(stream.slice('account-'.length))
      : undefined,
  encode(state: LedgerState): Stored {
    if (state.of !== 'account') throw new Error('only accounts have snapshots');
    return encodeAccount(state);
  },
  decode: (data: unknown): LedgerState => decodeAccount(data),
} as const;
