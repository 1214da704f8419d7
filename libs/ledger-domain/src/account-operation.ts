import {
  accountStream,
  requestStream,
  transactionStream,
  type AccountEvent,
} from '@daybook/ledger-contracts';
import { accountDecider, type AccountCommand } from './account.decider';
import { noLimits, storedAmount, type AccountState } from './account-state';
import type { OpenAccount } from './commands';
import { decidedAt } from './decided-at';
import type {
  AccountAnswer,
  LedgerDecision,
  LedgerOperation,
  LedgerRecord,
  StateReader,
} from './operation';
import { readAccount, readRequest } from './read-states';
import { sameIdentity } from './same-identity';

type Decided = LedgerDecision<AccountAnswer>;

function answerOf(account: AccountState): AccountAnswer {
  const { accountId, status, currency, overdraftLimit, scope, limits } = account;
  return {
    accountId,
    status,
    currency,
    overdraftLimit: storedAmount(overdraftLimit),
    ...(scope && { scope }),
    limits: {
      perTransaction: storedAmount(limits.perTransaction),
      perDay: storedAmount(limits.perDay),
      minimumBalance: storedAmount(limits.minimumBalance),
    },
  };
}

/** What the opening was answered with, whatever became of the account since. */
const openingAnswer = (account: AccountState): AccountAnswer =>
  answerOf({
    ...account,
    status: 'open',
    scope: undefined,
    overdraftLimit: account.openedOverdraftLimit,
    limits: noLimits,
  });

/** The answer of a keyed command's first time, or that its key means something else. */
function answerKnownKey(states: StateReader, command: AccountCommand): Decided | undefined {
  const { requestId, identity } = command;
  if (requestId === undefined) return undefined;
  const request = readRequest(states, requestId);
  if (request && sameIdentity(request.identity, identity)) {
    return { outcome: 'replayed', answer: request.answer as unknown as AccountAnswer, firm: true };
  }
  if (!request && !states(transactionStream(requestId))) return undefined;
  return { outcome: 'refused', rejection: { code: 'IdempotencyKeyReused' } };
}

/** A keyed repeat found by the account also rests on the key not being used for anything else. */
function answerKnownOpening(states: StateReader, command: OpenAccount): Decided | undefined {
  const account = readAccount(states, command.accountId);
  if (!account || !sameIdentity(account.opening, command.identity)) return undefined;
  const firm = command.requestId === undefined;
  return { outcome: 'replayed', answer: openingAnswer(account), firm };
}

function keyRecord(command: AccountCommand, requestId: string, answer: AccountAnswer, at: string) {
  const { type: operation, identity } = command;
  const data = { requestId, operation, identity, answer: { ...answer }, at };
  return { stream: requestStream(requestId), type: 'CommandAccepted', data } as const;
}

function decide(states: StateReader, command: AccountCommand): Decided {
  const known = answerKnownKey(states, command);
  if (known) return known;
  if (command.type === 'openAccount') {
    const opened = answerKnownOpening(states, command);
    if (opened) return opened;
  }
  const { accountId, requestId, now } = command;
  const stream = accountStream(accountId);
  const before = readAccount(states, accountId);
  const decision = accountDecider.decide(before, command);
  if (!decision.accepted) return { outcome: 'refused', rejection: decision.rejection };
  const { events } = decision;
  const after = events.reduce<AccountState | undefined>(accountDecider.evolve, before);
  if (!after) throw new Error('an accepted command leaves an account');
  const answer = answerOf(after);
  const changed = events.length > 0;
  if (!changed && requestId === undefined) return { outcome: 'unchanged', answer };
  const records: LedgerRecord[] = events.map((event: AccountEvent) => ({ ...event, stream }));
  if (requestId !== undefined) {
    records.push(keyRecord(command, requestId, answer, decidedAt(now, [after])));
  }
  return { outcome: 'accepted', records, answer, changed };
}

/**
 * A command to one account. Keyed, it writes `request-<id>`, also when the account was already so:
 * a retry must not do later what the first time found done. Opening claims the account's stream.
 */
export function accountOperation(command: AccountCommand): LedgerOperation<AccountAnswer> {
  const { accountId, requestId } = command;
  const opens = command.type === 'openAccount';
  const keys =
    requestId === undefined ? [] : [requestStream(requestId), transactionStream(requestId)];
  const account = [accountStream(accountId)];
  return {
    claims: opens ? [...account, ...keys] : keys,
    reads: () => (opens ? [] : account),
    decide: (states) => decide(states, command),
  };
}
