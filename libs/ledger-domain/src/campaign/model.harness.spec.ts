import fc from 'fast-check';
import type { LedgerCommand } from '../commands';
import { MemoryLedger } from '../given/memory-ledger.fixture';
import type { LedgerDecision, LedgerOperation, LedgerRecord } from '../operation';
import { commandSequences } from './commands.fixture';
import { checkReplay, runBoth } from './compare.fixture';
import { ModelLedger, type Expected } from './model-ledger.fixture';
import { firstSeed, sequencesOr } from './size.fixture';
import { endow, wealths } from './wealth.fixture';

/*
 * The domain against the model: random sequences of all commands, decided one after the other.
 * A failure prints its seed and the smallest sequence that shows it; run it again with
 * `DAYBOOK_SEED=<seed>`. A small number of sequences need not come to every outcome.
 */
const SEQUENCES = sequencesOr(20_000);
const SHARE = Math.min(2_000, SEQUENCES);
const PLANTED_AT_MOST = 20_000;

const outcomes = new Map<string, number>();
const commandTypes = new Map<string, number>();
let commandCount = 0;

const tally = (counts: Map<string, number>, name: string) =>
  counts.set(name, (counts.get(name) ?? 0) + 1);

const nameOf = (decision: Expected): string =>
  decision.outcome === 'refused' ? decision.code : decision.outcome;

const table = (counts: ReadonlyMap<string, number>): string =>
  [...counts]
    .sort(([, one], [, other]) => other - one)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');

describe(`the model and the domain agree, seed ${firstSeed}`, () => {
  const shares = Array.from({ length: SEQUENCES / SHARE }, (_, share) => share);

  it.each(shares)(
    `over ${SHARE} sequences of commands, share %i`,
    (share) => {
      fc.assert(
        fc.property(commandSequences, wealths, (commands, wealth) => {
          const [ledger, model] = [new MemoryLedger(), new ModelLedger()];
          endow(ledger, model, wealth);
          let step = 0;
          runBoth(commands, ledger, model, (decision) => {
            const command = commands[step] as LedgerCommand;
            step += 1;
            commandCount += 1;
            tally(outcomes, nameOf(decision));
            tally(commandTypes, command.type);
          });
          checkReplay(ledger);
        }),
        { numRuns: SHARE, seed: firstSeed + share },
      );
    },
    600_000,
  );

  it('came to every outcome that a sequence of commands can have', () => {
    console.log(`${SEQUENCES} sequences, ${commandCount} commands, seed ${firstSeed}`);
    console.log(`commands: ${table(commandTypes)}`);
    console.log(`outcomes: ${table(outcomes)}`);
    const least = Math.floor(SEQUENCES / 1_000) * 5;
    const seldom = [...expectedOutcomes].filter((name) => (outcomes.get(name) ?? 0) < least);
    expect(seldom).toEqual([]);
  });
});

const expectedOutcomes = [
  'accepted',
  'unchanged',
  'replayed',
  'IdempotencyKeyReused',
  'AccountAlreadyExists',
  'EffectiveInFuture',
  'ExpiryInPast',
  'TransactionNotFound',
  'AlreadyReversed',
  'TransactionNotPosted',
  'TransactionNotPending',
  'TransactionNotExpired',
  'InvalidRequest',
  'InvalidAmount',
  'CaptureExceedsHold',
  'SameAccount',
  'AccountNotFound',
  'CurrencyMismatch',
  'AccountClosed',
  'AccountFrozen',
  'InsufficientFunds',
  'LimitExceeded',
  'BalanceOutOfRange',
  'AccountNotEmpty',
] as const;

/** A ledger with a fault, to prove that the campaign would see it. */
class FaultyLedger extends MemoryLedger {
  constructor(
    private readonly fault: {
      readonly operation?: (operation: LedgerOperation) => LedgerOperation;
      readonly records?: (records: readonly LedgerRecord[]) => readonly LedgerRecord[];
    },
  ) {
    super();
  }

  override run<Answer>(operation: LedgerOperation<Answer>): LedgerDecision<Answer> {
    const { fault } = this;
    const faulty = fault.operation?.(operation as unknown as LedgerOperation) ?? operation;
    return super.run(faulty as unknown as LedgerOperation<Answer>);
  }

  override write(records: readonly LedgerRecord[]): void {
    super.write(this.fault.records?.(records) ?? records);
  }
}

const blind: (operation: LedgerOperation) => LedgerOperation = (operation) => ({
  ...operation,
  decide: (states) =>
    operation.decide((stream) => (stream.startsWith('request-') ? undefined : states(stream))),
});

const without = (type: LedgerRecord['type']) => (records: readonly LedgerRecord[]) =>
  records.filter((record) => record.type !== type);

/** As if spending of the day were counted for captures as well. */
const recount = (records: readonly LedgerRecord[]): readonly LedgerRecord[] =>
  records.map((record) =>
    record.type === 'AccountDebited' && record.data.kind === 'capture'
      ? { ...record, data: { ...record.data, kind: 'journal' as const } }
      : record,
  );

/** As if a hold never came to its end. */
const endless = (records: readonly LedgerRecord[]): readonly LedgerRecord[] =>
  records.map((record) =>
    record.type === 'TransactionPending'
      ? { ...record, data: { ...record.data, expiresAt: undefined } }
      : record,
  );

describe('a planted fault is found', () => {
  it.each([
    ['keys of requests are not looked at', { operation: blind }],
    ['an incoming amount is never settled', { records: without('IncomingSettled') }],
    ['a freeze is lost', { records: without('AccountFrozen') }],
    ['a reversal is not marked on its original', { records: without('TransactionReversed') }],
    ['captures count as spending of the day', { records: recount }],
    ['the time of a hold is not kept', { records: endless }],
  ])(
    'when %s',
    (_, fault) => {
      const result = fc.check(
        fc.property(commandSequences, (commands) => {
          runBoth(commands, new FaultyLedger(fault), new ModelLedger());
        }),
        { numRuns: PLANTED_AT_MOST, seed: firstSeed, endOnFailure: true },
      );
      expect(result.failed).toBe(true);
      console.log(`found after ${result.numRuns} sequences`);
    },
    600_000,
  );
});
