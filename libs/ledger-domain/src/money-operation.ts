import { requestStream, transactionStream } from '@daybook/ledger-contracts';
import type { SettlementCommand, Transact } from './commands';
import type {
  LedgerDecision,
  LedgerOperation,
  LedgerRecord,
  StateReader,
  TransactionAnswer,
} from './operation';
import { accountStreams } from './postings';
import { readRequest, readTransaction } from './read-states';
import { decideReversal } from './reversal.decider';
import { sameIdentity } from './same-identity';
import { decideCapture, decideRelease } from './settlement.decider';
import { decideTransact, type MoneyDecision } from './transaction.decider';
import { evolveTransaction } from './transaction.evolve';
import type { TransactionState } from './transaction-state';

type MoneyCommand = Transact | SettlementCommand;
type Decided = LedgerDecision<TransactionAnswer>;

/** The answer of a transaction, from the record of its identity alone. */
export function transactionAnswer({
  transactionId,
  recorded: { status, refersTo, balances },
}: TransactionState): TransactionAnswer {
  return { transactionId, status, ...(refersTo !== undefined && { refersTo }), balances };
}

function answerKnownId(states: StateReader, command: MoneyCommand): Decided | undefined {
  const { transactionId, keyed, identity } = command;
  const known = readTransaction(states, transactionId);
  if (known && sameIdentity(known.identity, identity)) {
    return { outcome: 'replayed', answer: transactionAnswer(known), firm: true };
  }
  const rival = keyed && readRequest(states, transactionId);
  if (!known && !rival) return undefined;
  return { outcome: 'refused', rejection: { code: 'IdempotencyKeyReused' } };
}

function decideMoney(
  states: StateReader,
  command: MoneyCommand,
  accounts: readonly string[],
): MoneyDecision {
  if (command.type === 'transact') return decideTransact(states, command, accounts);
  const { originalId } = command;
  const original = readTransaction(states, originalId);
  if (!original) {
    const rejection = { code: 'TransactionNotFound', transactionId: originalId } as const;
    return { accepted: false, rejection };
  }
  if (command.type === 'capture') return decideCapture(states, command, original);
  if (command.type === 'reverse') return decideReversal(states, command, original);
  return decideRelease(states, command, original);
}

function decide(states: StateReader, command: MoneyCommand, accounts: readonly string[]): Decided {
  const known = answerKnownId(states, command);
  if (known) return known;
  const decision = decideMoney(states, command, accounts);
  if (!decision.accepted) return { outcome: 'refused', rejection: decision.rejection };
  const { records } = decision;
  const closing = records.at(-1);
  if (!closing) throw new Error('a transaction has a record');
  const after = evolveTransaction(undefined, closing);
  const { stream, type, data } = closing;
  const folded = [...records.slice(0, -1), { stream, type, data, after } as LedgerRecord];
  return { outcome: 'accepted', records: folded, answer: transactionAnswer(after), changed: true };
}

/** The accounts of the original are known only once it is loaded: a second round of loading. */
function settlementReads(states: StateReader, originalId: string): readonly string[] {
  const stream = transactionStream(originalId);
  const original = readTransaction(states, originalId);
  return original ? [stream, ...accountStreams(original.postings)] : [stream];
}

/** A command that moves, holds or frees money: its `transaction-<id>` is its identity. */
export function moneyOperation(command: MoneyCommand): LedgerOperation<TransactionAnswer> {
  const { transactionId, keyed } = command;
  const own = transactionStream(transactionId);
  const accounts = command.type === 'transact' ? accountStreams(command.postings) : [];
  return {
    claims: keyed ? [own, requestStream(transactionId)] : [own],
    reads:
      command.type === 'transact'
        ? () => accounts
        : (states) => settlementReads(states, command.originalId),
    decide: (states) => decide(states, command, accounts),
  };
}
