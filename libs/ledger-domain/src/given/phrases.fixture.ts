import { digitsOf, parseDecimal } from '@daybook/kernel';
import type {
  Capture,
  ChangeAccount,
  CloseAccount,
  ExpireHold,
  FreezeAccount,
  LedgerCommand,
  OpenAccount,
  Posting,
  Reverse,
  Transact,
  UnfreezeAccount,
  VoidHold,
} from '../commands';
import { digestText } from '../digest/digest-text';

/** The time at which commands are decided unless they say another one. */
export const NOON = '2026-03-31T12:00:00.000Z';

/** Minor units of a decimal in a currency. */
export function minor(text: string, currency = 'EUR'): bigint {
  const value = parseDecimal(text, digitsOf(currency) ?? 0);
  if (typeof value === 'string') throw new Error(`${text} ${currency}: ${value}`);
  return value;
}

/** Gives a command the identity of its own content; the digest's text stands for its hash. */
export function withIdentity<Command extends LedgerCommand>(
  command: Omit<Command, 'identity'> & { readonly type: Command['type'] },
): Command {
  const content = { ...command, now: undefined, requestId: undefined, keyed: undefined };
  const digest = digestText(command.type, content);
  return { ...command, identity: { caller: 'public', digest, digestVersion: 1 } } as Command;
}

type Without<Command, Fields extends keyof Command> = Partial<Omit<Command, Fields | 'type'>>;

export const open = (
  accountId: string,
  currency = 'EUR',
  more: Without<OpenAccount, 'accountId'> = {},
): OpenAccount =>
  withIdentity<OpenAccount>({
    type: 'openAccount',
    accountId,
    currency,
    overdraftLimit: 0n,
    now: NOON,
    ...more,
  });

export const change = (accountId: string, more: Without<ChangeAccount, 'accountId'>) =>
  withIdentity<ChangeAccount>({ type: 'changeAccount', accountId, now: NOON, ...more });

export const freeze = (
  accountId: string,
  scope: 'all' | 'debits' = 'all',
  more: Without<FreezeAccount, 'accountId'> = {},
) => withIdentity<FreezeAccount>({ type: 'freezeAccount', accountId, scope, now: NOON, ...more });

export const unfreeze = (accountId: string, more: Without<UnfreezeAccount, 'accountId'> = {}) =>
  withIdentity<UnfreezeAccount>({ type: 'unfreezeAccount', accountId, now: NOON, ...more });

export const close = (accountId: string, more: Without<CloseAccount, 'accountId'> = {}) =>
  withIdentity<CloseAccount>({ type: 'closeAccount', accountId, now: NOON, ...more });

/** A posting, written as `['alice', 'bob', '5.00']` or with its currency. */
export type Move = readonly [from: string, to: string, amount: string, currency?: string];

const posting = ([from, to, amount, currency = 'EUR']: Move): Posting => ({
  from,
  to,
  amount: minor(amount, currency),
  currency,
});

type More = Without<Transact, 'kind' | 'postings'>;

const transact = (kind: Transact['kind'], moves: readonly Move[], more: More = {}): Transact =>
  withIdentity<Transact>({
    type: 'transact',
    kind,
    transactionId: 't1',
    keyed: false,
    postings: moves.map(posting),
    now: NOON,
    ...more,
  });

export const deposit = (accountId: string, amount: string, more?: More) =>
  transact('deposit', [['@cash', accountId, amount]], more);

export const withdraw = (accountId: string, amount: string, more?: More) =>
  transact('withdrawal', [[accountId, '@cash', amount]], more);

export const transfer = (from: string, to: string, amount: string, more?: More) =>
  transact('transfer', [[from, to, amount]], more);

export const journal = (moves: readonly Move[], more?: More) => transact('journal', moves, more);

/** A pending journal: funds are held, not moved. */
export const hold = (moves: readonly Move[], more: More & { readonly expiresAt?: string } = {}) => {
  const { expiresAt, ...rest } = more;
  return transact('journal', moves, {
    transactionId: 'h1',
    pending: expiresAt === undefined ? {} : { expiresAt },
    ...rest,
  });
};

type Settling = { readonly originalId?: string; readonly now?: string; readonly keyed?: boolean };

const settling = (id: string, { originalId = 'h1', now = NOON, keyed = false }: Settling) => ({
  transactionId: id,
  originalId,
  keyed,
  now,
});

export const capture = (id: string, amounts: Capture['amounts'] = 'rest', more: Settling = {}) =>
  withIdentity<Capture>({ type: 'capture', amounts, ...settling(id, more) });

export const voidHold = (id: string, more: Settling = {}) =>
  withIdentity<VoidHold>({ type: 'void', ...settling(id, more) });

export const expire = (id: string, more: Settling = {}) =>
  withIdentity<ExpireHold>({ type: 'expire', ...settling(id, more) });

export const reverse = (
  id: string,
  originalId: string,
  more: Settling & Pick<Reverse, 'forced' | 'details'> = {},
) => {
  const { forced, details } = more;
  return withIdentity<Reverse>({
    type: 'reverse',
    ...settling(id, { ...more, originalId }),
    ...(forced && { forced }),
    ...(details && { details }),
  });
};
