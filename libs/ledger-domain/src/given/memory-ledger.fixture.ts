import { decodeEvent, encodeEvent, type LedgerEvent } from '@daybook/ledger-contracts';
import { evolveLedger } from '../evolve-ledger';
import type { LedgerDecision, LedgerOperation, LedgerRecord, LedgerState } from '../operation';

/** The ledger in memory: decides, writes what was accepted, and keeps the log as stored JSON. */
export class MemoryLedger {
  readonly log: { readonly stream: string; readonly json: string }[] = [];
  private readonly states = new Map<string, LedgerState>();

  readonly read = (stream: string): LedgerState | undefined => this.states.get(stream);

  streams(): readonly string[] {
    return [...this.states.keys()];
  }

  /** Writes records as a store would: through JSON and back. */
  write(records: readonly LedgerRecord[]): void {
    for (const record of records) {
      const { type, data, schema } = encodeEvent(record);
      const json = JSON.stringify({ type, data, metadata: { schema } });
      this.log.push({ stream: record.stream, json });
      const state = evolveLedger(this.read(record.stream), storedEvent(json));
      // What a decision says that a stream folds to must be what folding the stored event gives.
      if (record.after !== undefined) expect(record.after).toEqual(state);
      this.states.set(record.stream, state);
    }
  }

  /** Decides on the states that the operation says it reads and claims, and on no other. */
  decide<Answer>(operation: LedgerOperation<Answer>): LedgerDecision<Answer> {
    const named = new Set([...operation.claims, ...this.reads(operation)]);
    return operation.decide((stream) => {
      if (!named.has(stream)) throw new Error(`read, but never named: ${stream}`);
      return this.read(stream);
    });
  }

  run<Answer>(operation: LedgerOperation<Answer>): LedgerDecision<Answer> {
    const decision = this.decide(operation);
    if (decision.outcome !== 'accepted') return decision;
    const named = new Set([...operation.claims, ...this.reads(operation)]);
    for (const { stream } of decision.records) {
      if (!named.has(stream)) throw new Error(`written, but never named: ${stream}`);
    }
    this.write(decision.records);
    return decision;
  }

  /** Loads in rounds, as a runner does: an operation may name more once it sees a state. */
  private reads(operation: Pick<LedgerOperation, 'reads'>): readonly string[] {
    const loaded = new Set<string>();
    for (;;) {
      const named = operation.reads((stream) =>
        loaded.has(stream) ? this.read(stream) : undefined,
      );
      if (named.every((stream) => loaded.has(stream))) return named;
      for (const stream of named) loaded.add(stream);
    }
  }
}

/** An event as it comes back from the store. */
export const storedEvent = (json: string): LedgerEvent =>
  decodeEvent(JSON.parse(json) as Parameters<typeof decodeEvent>[0]);
