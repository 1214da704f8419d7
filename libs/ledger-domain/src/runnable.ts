import type {
  LedgerAnswer,
  LedgerDecision,
  LedgerOperation,
  LedgerRecord,
  LedgerState,
  StateReader,
} from './operation';

/** The outcome of a command, without what it writes. */
export type LedgerReply<Answer = LedgerAnswer> =
  | { readonly outcome: 'accepted'; readonly answer: Answer; readonly changed: boolean }
  | { readonly outcome: 'replayed'; readonly answer: Answer }
  | Exclude<LedgerDecision<Answer>, { readonly outcome: 'accepted' | 'replayed' }>;

/** The states that a runner has for a command; to read one that it has not is a defect. */
export interface LoadedStates {
  get(stream: string): LedgerState | undefined;
  has(stream: string): boolean;
}

/** A decision in the words of a runner of commands, which knows streams only. */
export type RunnableDecision<Answer> =
  | { readonly kind: 'needs'; readonly streams: readonly string[] }
  | {
      readonly kind: 'append';
      readonly events: readonly {
        readonly stream: string;
        readonly event: LedgerRecord;
        readonly after: LedgerState | undefined;
      }[];
      readonly answer: LedgerReply<Answer>;
    }
  | { readonly kind: 'recall' | 'report'; readonly answer: LedgerReply<Answer> };

function runnableDecision<Answer>(
  decision: LedgerDecision<Answer>,
  dryRun: boolean,
): RunnableDecision<Answer> {
  if (decision.outcome === 'replayed') {
    const { outcome, answer, firm } = decision;
    return { kind: firm ? 'recall' : 'report', answer: { outcome, answer } };
  }
  if (decision.outcome !== 'accepted') return { kind: 'report', answer: decision };
  const { outcome, answer, changed, records } = decision;
  const reply = { outcome, answer, changed };
  if (dryRun) return { kind: 'report', answer: reply };
  const events = records.map((event) => ({ stream: event.stream, event, after: event.after }));
  return { kind: 'append', events, answer: reply };
}

/** An operation as a runner takes it. A dry run is decided in the same way and writes nothing. */
export function runnable<Answer>(operation: LedgerOperation<Answer>, dryRun = false) {
  const reads = operation.reads(() => undefined);
  return {
    reads,
    absent: operation.claims.filter((stream) => !reads.includes(stream)),
    decide(loaded: LoadedStates): RunnableDecision<Answer> {
      // Claims are not loaded, but when one is known to exist its state is there.
      const states: StateReader = (stream) => loaded.get(stream);
      const needed = operation.reads(states).filter((stream) => !loaded.has(stream));
      if (needed.length > 0) return { kind: 'needs', streams: needed };
      return runnableDecision(operation.decide(states), dryRun);
    },
  };
}
