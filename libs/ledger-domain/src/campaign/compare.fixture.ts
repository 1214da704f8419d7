import { isDeepStrictEqual } from 'node:util';
import { accountStream, type LedgerEvent } from '@daybook/ledger-contracts';
import { packAccount, unpackAccount } from '../account-packing';
import { decodeAccount, encodeAccount } from '../account-snapshot';
import { availableOf, type AccountState } from '../account-state';
import type { LedgerCommand } from '../commands';
import { evolveLedger } from '../evolve-ledger';
import type { MemoryLedger } from '../given/memory-ledger.fixture';
import { storedEvent } from '../given/memory-ledger.fixture';
import type { LedgerDecision, LedgerRecord, LedgerState } from '../operation';
import { operationOf } from '../operation-of';
import type { LedgerReply } from '../runnable';
import type { Expected, ModelLedger } from './model-ledger.fixture';

/** What of a decision the model foretells. */
export function shown(decision: LedgerReply<object>): Expected {
  if (decision.outcome !== 'refused') {
    const { outcome, answer } = decision;
    return { outcome, answer };
  }
  const { code, posting } = { posting: undefined, ...decision.rejection };
  return { outcome: 'refused', code, ...(posting !== undefined && { posting }) };
}

/** Every currency sums to zero over the legs of a group and the external sides of its postings. */
export function groupSums(records: readonly LedgerRecord[]): ReadonlyMap<string, bigint> {
  const sums = new Map<string, bigint>();
  const add = (currency: string, amount: bigint) =>
    sums.set(currency, (sums.get(currency) ?? 0n) + amount);
  for (const { type, data } of records) {
    if (type === 'AccountCredited') add(data.currency, BigInt(data.amount));
    if (type === 'AccountDebited') add(data.currency, -BigInt(data.amount));
    if (type !== 'TransactionPosted') continue;
    for (const { from, to, amount, currency } of data.postings) {
      if (from.startsWith('@')) add(currency, -BigInt(amount));
      if (to.startsWith('@')) add(currency, BigInt(amount));
    }
  }
  return sums;
}

/** The laws that hold after every command, whatever it was. */
export function checkLaws(
  ledger: MemoryLedger,
  command: LedgerCommand,
  decision: LedgerDecision<object>,
): void {
  const records = decision.outcome === 'accepted' ? decision.records : [];
  for (const [currency, sum] of groupSums(records)) {
    if (sum !== 0n) throw new Error(`${command.type}: ${currency} sums to ${sum}`);
  }
  const force = command.type === 'reverse' && command.forced;
  for (const { stream, type } of records) {
    const state = ledger.read(stream);
    if (state?.of !== 'account') continue;
    if (state.held < 0n || state.incoming < 0n) throw new Error(`${stream}: a hold below zero`);
    const available = availableOf(state);
    const worse = type === 'AccountDebited' || type === 'HoldPlaced';
    const settles = command.type === 'capture' || force;
    if (available !== null && available < 0n && worse && !settles) {
      throw new Error(`${stream}: ${available} available after ${command.type}`);
    }
  }
}

/** The model’s balances and the ledger’s are the same. */
export function checkBalances(ledger: MemoryLedger, model: ModelLedger): void {
  for (const id of model.accountIds()) {
    const account = ledger.read(accountStream(id)) as AccountState;
    const live = [account.posted, account.held, account.incoming, availableOf(account)];
    const pending = [model.pending(id, 'from'), model.pending(id, 'to')];
    const summed = [model.posted(id), ...pending, model.available(id)];
    if (String(live) !== String(summed)) throw new Error(`${id}: ${live} is not ${summed}`);
  }
}

/**
 * Replay equals live, a snapshot and what memory keeps equal replay at every prefix, and `at` never
 * goes back.
 */
export function checkReplay(ledger: MemoryLedger): void {
  const replayed = new Map<string, LedgerState>();
  for (const { stream, json } of ledger.log) {
    const before = replayed.get(stream);
    const event: LedgerEvent = storedEvent(json);
    if (before && event.data.at < before.at) throw new Error(`${stream}: time goes back`);
    let state = evolveLedger(before, event);
    if (state.of === 'account') {
      const restored = decodeAccount(JSON.parse(JSON.stringify(encodeAccount(state))));
      if (!isDeepStrictEqual(restored, state)) throw new Error(`${stream}: another snapshot`);
      const kept = unpackAccount(packAccount(state));
      if (!isDeepStrictEqual(kept, state)) throw new Error(`${stream}: kept as another state`);
      state = restored;
    }
    replayed.set(stream, state);
  }
  for (const stream of ledger.streams()) {
    const same = isDeepStrictEqual(replayed.get(stream), ledger.read(stream));
    if (!same) throw new Error(`${stream}: replayed to another state`);
  }
}

/** Runs a sequence on both, and throws at the first difference or broken law. */
export function runBoth(
  commands: readonly LedgerCommand[],
  ledger: MemoryLedger,
  model: ModelLedger,
  count: (decision: Expected) => void = () => undefined,
): void {
  for (const [step, command] of commands.entries()) {
    const expected = model.run(command);
    const decision = ledger.run(operationOf(command));
    const actual = shown(decision);
    count(actual);
    if (JSON.stringify(actual) !== JSON.stringify(expected)) {
      const [one, other] = [JSON.stringify(actual), JSON.stringify(expected)];
      throw new Error(`step ${step}, ${command.type}: ledger ${one}, model ${other}`);
    }
    if (decision.outcome !== 'accepted') continue;
    checkLaws(ledger, command, decision);
    checkBalances(ledger, model);
  }
  // Whatever was not accepted has changed nothing: here the last of these are held to it.
  checkBalances(ledger, model);
}
