import type { AccountEvent } from '@daybook/ledger-contracts';
import { accept, digitsOf, reject, type Decider, type Decision } from '@daybook/kernel';
import { evolveAccount } from './account.evolve';
import { storedAmount, type AccountState } from './account-state';
import { decideChange } from './account-changes';
import type {
  ChangeAccount,
  CloseAccount,
  FreezeAccount,
  OpenAccount,
  UnfreezeAccount,
} from './commands';
import { decidedAt } from './decided-at';
import { accountPersonal } from './personal-fields';
import type { LedgerRejection } from './rejections';

export type AccountCommand =
  OpenAccount | ChangeAccount | FreezeAccount | UnfreezeAccount | CloseAccount;

type AccountDecision = Decision<AccountEvent, LedgerRejection>;

function open(account: AccountState | undefined, command: OpenAccount): AccountDecision {
  const { accountId, currency, overdraftLimit, ownerId, details, identity, now } = command;
  if (account) return reject({ code: 'AccountAlreadyExists', accountId });
  const exponent = digitsOf(currency);
  if (exponent === undefined) throw new Error(`the edge let an unknown currency in: ${currency}`);
  const personal = accountPersonal({ accountId, ownerId }, details);
  return accept<AccountEvent>({
    type: 'AccountOpened',
    data: {
      accountId,
      currency,
      exponent,
      overdraftLimit: storedAmount(overdraftLimit),
      ...(ownerId !== undefined && { ownerId }),
      ...(personal && { personal }),
      identity,
      at: now,
    },
  });
}

function freeze(account: AccountState, { scope }: FreezeAccount, at: string): AccountDecision {
  const { accountId, status } = account;
  if (status === 'closed') return reject({ code: 'AccountClosed', accountId });
  if (account.scope === scope) return accept<AccountEvent>();
  return accept<AccountEvent>({ type: 'AccountFrozen', data: { accountId, scope, at } });
}

function unfreeze({ accountId, status }: AccountState, at: string): AccountDecision {
  if (status === 'closed') return reject({ code: 'AccountClosed', accountId });
  if (status === 'open') return accept<AccountEvent>();
  return accept<AccountEvent>({ type: 'AccountUnfrozen', data: { accountId, at } });
}

function close(account: AccountState, at: string): AccountDecision {
  const { accountId, status, posted, held, incoming, currency } = account;
  if (status === 'closed') return accept<AccountEvent>();
  if (posted !== 0n || held !== 0n || incoming !== 0n) {
    return reject({ code: 'AccountNotEmpty', accountId, posted, held, incoming, currency });
  }
  return accept<AccountEvent>({ type: 'AccountClosed', data: { accountId, at } });
}

/** Decides on one account's own commands. What is already so is accepted without an event. */
function decide(account: AccountState | undefined, command: AccountCommand): AccountDecision {
  if (command.type === 'openAccount') return open(account, command);
  if (!account) return reject({ code: 'AccountNotFound', accountId: command.accountId });
  const at = decidedAt(command.now, [account]);
  switch (command.type) {
    case 'changeAccount':
      return decideChange(account, command, at);
    case 'freezeAccount':
      return freeze(account, command, at);
    case 'unfreezeAccount':
      return unfreeze(account, at);
    case 'closeAccount':
      return close(account, at);
  }
}

/** The decider of `account-<id>`: opening, limits, details, freezing and closing. */
export const accountDecider = {
  initial: undefined,
  evolve: evolveAccount,
  decide,
} satisfies Decider<AccountState | undefined, AccountEvent, AccountCommand, LedgerRejection>;
