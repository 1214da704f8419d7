import fc from 'fast-check';
import { MemoryLedger } from '../given/memory-ledger.fixture';
import { operationOf } from '../operation-of';
import { commandSequences } from './commands.fixture';
import { checkReplay, runBoth } from './compare.fixture';
import { ModelLedger } from './model-ledger.fixture';

const runs = { numRuns: 300 };

it('does what the model foretells; sums are zero, holds and availability never below it', () => {
  fc.assert(
    fc.property(commandSequences, (commands) => {
      runBoth(commands, new MemoryLedger(), new ModelLedger());
    }),
    runs,
  );
});

it('replays to the state it had live, over a snapshot at every prefix', () => {
  fc.assert(
    fc.property(commandSequences, (commands) => {
      const ledger = new MemoryLedger();
      for (const command of commands) ledger.run(operationOf(command));
      checkReplay(ledger);
    }),
    runs,
  );
});

it('writes nothing when an accepted transaction is sent again, and gives the same answer', () => {
  fc.assert(
    fc.property(commandSequences, (commands) => {
      const ledger = new MemoryLedger();
      for (const command of commands) {
        const first = ledger.run(operationOf(command));
        if (first.outcome !== 'accepted' || !('transactionId' in command)) continue;
        const again = ledger.run(operationOf({ ...command, now: '2030-01-01T00:00:00.000Z' }));
        expect(again).toEqual({ outcome: 'replayed', answer: first.answer, firm: true });
      }
    }),
    runs,
  );
});

it('decides the same on the same states, and never changes what it was given', () => {
  fc.assert(
    fc.property(commandSequences, (commands) => {
      const ledger = new MemoryLedger();
      for (const command of commands) {
        const first = ledger.decide(operationOf(command));
        expect(ledger.decide(operationOf(command))).toEqual(first);
        ledger.run(operationOf(command));
      }
    }),
    runs,
  );
});
