import type { AccountEvent } from '@daybook/ledger-contracts';
import {
  accept,
  amountProblems,
  MAX_AMOUNT,
  parseDecimal,
  reject,
  type Decision,
} from '@daybook/kernel';
import {
  availableOf,
  limitNames,
  storedAmount,
  type AccountState,
  type LimitName,
} from './account-state';
import type { ChangeAccount } from './commands';
import { accountPersonal } from './personal-fields';
import type { LedgerRejection } from './rejections';

type Invalid = Extract<LedgerRejection, { code: 'InvalidAmount' }>;

const messages = {
  ...amountProblems,
  negative: 'must not be negative',
} as const;

const invalid = (path: string, problem: keyof typeof messages): Invalid => ({
  code: 'InvalidAmount',
  path,
  message: messages[problem],
});

/** Reads a limit in the account's currency; only a minimum balance may be negative. */
function readLimit(text: string, path: string, digits: number): bigint | Invalid {
  const value = parseDecimal(text, digits);
  if (typeof value === 'string') return invalid(path, value);
  if (value < 0n && path !== 'limits.minimumBalance') return invalid(path, 'negative');
  if (value > MAX_AMOUNT || value < -MAX_AMOUNT) return invalid(path, 'too-large');
  return value;
}

interface Changes {
  overdraftLimit?: bigint | null;
  limits: Partial<Record<LimitName, bigint | null>>;
}

/** The limits that the command changes, without those that are so already. */
function readChanges(account: AccountState, command: ChangeAccount): Changes | Invalid {
  const changes: Changes = { limits: {} };
  if (command.overdraftLimit !== undefined) {
    const value =
      command.overdraftLimit === 'unlimited'
        ? null
        : readLimit(command.overdraftLimit, 'overdraftLimit', account.exponent);
    if (value !== null && typeof value === 'object') return value;
    if (value !== account.overdraftLimit) changes.overdraftLimit = value;
  }
  for (const name of limitNames) {
    const text = command.limits?.[name];
    if (text === undefined) continue;
    const value = text === null ? null : readLimit(text, `limits.${name}`, account.exponent);
    if (value !== null && typeof value === 'object') return value;
    if (value !== account.limits[name]) changes.limits[name] = value;
  }
  return changes;
}

/** A lower overdraft limit may not leave the available balance below zero. */
function refuseOverdraft(account: AccountState, limit: bigint): LedgerRejection | undefined {
  const lowered = account.overdraftLimit === null || limit < account.overdraftLimit;
  const available = availableOf({ ...account, overdraftLimit: limit });
  if (!lowered || available === null || available >= 0n) return undefined;
  return {
    code: 'LimitExceeded',
    accountId: account.accountId,
    limit: 'overdraftLimit',
    allowed: account.held - account.posted,
    amount: limit,
    currency: account.currency,
  };
}

/** Limits and details of an account that is not closed; writes only what the command changes. */
export function decideChange(
  account: AccountState,
  command: ChangeAccount,
  at: string,
): Decision<AccountEvent, LedgerRejection> {
  const { accountId } = account;
  if (account.status === 'closed') return reject({ code: 'AccountClosed', accountId });
  const changes = readChanges(account, command);
  if ('code' in changes) return reject(changes);
  const { overdraftLimit, limits } = changes;
  if (overdraftLimit !== undefined && overdraftLimit !== null) {
    const refusal = refuseOverdraft(account, overdraftLimit);
    if (refusal) return reject(refusal);
  }
  const events: AccountEvent[] = [];
  const limited = Object.keys(limits).length > 0;
  if (overdraftLimit !== undefined || limited) {
    events.push({
      type: 'AccountLimitsChanged',
      data: {
        accountId,
        ...(overdraftLimit !== undefined && { overdraftLimit: storedAmount(overdraftLimit) }),
        ...(limited && {
          limits: Object.fromEntries(
            Object.entries(limits).map(([name, value]) => [name, storedAmount(value)]),
          ),
        }),
        at,
      },
    });
  }
  const personal = accountPersonal(account, command.details);
  if (personal) events.push({ type: 'AccountDetailsChanged', data: { accountId, personal, at } });
  return accept(...events);
}
