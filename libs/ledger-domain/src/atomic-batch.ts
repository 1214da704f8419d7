import { evolveLedger } from './evolve-ledger';
import type {
  LedgerAnswer,
  LedgerDecision,
  LedgerOperation,
  LedgerRecord,
  LedgerState,
  StateReader,
} from './operation';

/** One command's outcome within an atomic batch that was accepted. */
export interface BatchItem {
  readonly outcome: 'accepted' | 'unchanged' | 'replayed';
  readonly answer: LedgerAnswer;
  readonly changed: boolean;
}

/** The outcomes of an atomic batch's commands, in order. */
export interface BatchAnswer {
  readonly items: readonly BatchItem[];
}

/** The states that the commands of a batch so far would leave. */
class Overlay {
  private readonly left = new Map<string, LedgerState>();

  constructor(private readonly base: StateReader) {}

  readonly read: StateReader = (stream) => this.left.get(stream) ?? this.base(stream);

  write(records: readonly LedgerRecord[]): void {
    for (const record of records) {
      this.left.set(record.stream, record.after ?? evolveLedger(this.read(record.stream), record));
    }
  }
}

function decideAll(
  operations: readonly LedgerOperation[],
  states: StateReader,
): LedgerDecision<BatchAnswer> {
  const overlay = new Overlay(states);
  const records: LedgerRecord[] = [];
  const items: BatchItem[] = [];
  let firm = true;
  for (const [index, operation] of operations.entries()) {
    const decision = operation.decide(overlay.read);
    if (decision.outcome === 'refused') {
      return { outcome: 'refused', rejection: decision.rejection, index };
    }
    if (decision.outcome === 'accepted') {
      overlay.write(decision.records);
      records.push(...decision.records);
    }
    if (decision.outcome === 'replayed' && !decision.firm) firm = false;
    const changed = decision.outcome === 'accepted' && decision.changed;
    items.push({ outcome: decision.outcome, answer: decision.answer, changed });
  }
  if (records.length > 0) return { outcome: 'accepted', records, answer: { items }, changed: true };
  const replayed = items.every((item) => item.outcome === 'replayed');
  if (replayed) return { outcome: 'replayed', answer: { items }, firm };
  return { outcome: 'unchanged', answer: { items } };
}

/** Whether a command refers to a transaction that another one of the batch makes. */
function refersWithin(operations: readonly LedgerOperation[], states: StateReader): boolean {
  const claimed = new Set<string>();
  for (const { claims, reads } of operations) {
    if (reads(states).some((stream) => claimed.has(stream) && stream.startsWith('transaction-'))) {
      return true;
    }
    for (const stream of claims) claimed.add(stream);
  }
  return false;
}

function readsOf(operations: readonly LedgerOperation[], states: StateReader): readonly string[] {
  const reads = new Set<string>();
  const within = refersWithin(operations, states);
  const overlay = new Overlay(states);
  for (const operation of operations) {
    for (const stream of operation.reads(overlay.read)) reads.add(stream);
    if (!within) continue;
    const decision = operation.decide(overlay.read);
    if (decision.outcome === 'accepted') overlay.write(decision.records);
  }
  return [...reads];
}

/**
 * All or none, in order, each on the state that the one before it left; one group in the log.
 * The commands' identities must differ from each other (the edge refuses repeats).
 */
export function atomicBatch(operations: readonly LedgerOperation[]): LedgerOperation<BatchAnswer> {
  return {
    claims: [...new Set(operations.flatMap(({ claims }) => claims))],
    reads: (states) => readsOf(operations, states),
    decide: (states) => decideAll(operations, states),
  };
}
