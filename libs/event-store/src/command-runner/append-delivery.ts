import { AppendRefused } from '../errors';
import type { AppendOutcome, EventStore, NewRecord, StreamCheck, Violation } from '../event-store';
import { type Append, fenceOf } from './append';
import type { RunnerPorts, RunnerSettings } from './runner-settings';

/** The final word on an append. */
export type Delivered =
  | { readonly kind: 'committed'; readonly position: bigint }
  /** Not committed, and never will be. */
  | { readonly kind: 'violated'; readonly violations: readonly Violation[] }
  | { readonly kind: 'refused'; readonly error: AppendRefused }
  /** Only its first write was committed, by the fence; the rest never will be. */
  | { readonly kind: 'fenced'; readonly position: bigint; readonly records: readonly NewRecord[] }
  /** Given up at shutdown: it may have been committed. */
  | { readonly kind: 'abandoned' };

/** What is sent; resent unchanged until the store answers. */
type Sent = Pick<Append<unknown, unknown>, 'records' | 'checks'>;

/** What the delivery tells and asks its runner. */
export interface DeliveryWatch {
  /** The store gave no answer for as long as anyone should wait. May be called again. */
  onDown(): void;
  onUnknown(): void;
  onFence(): void;
  abandoned(): boolean;
}

/**
 * Brings an append to a certain end. An unknown outcome is answered by the same append again; if
 * that stays unanswered, by its fence: the first write alone with fresh ids under its exact
 * checks. Its success proves that the whole can never commit any more (revisions only grow); a
 * violation means that someone was faster, possibly the append itself: its last record tells. So
 * it does when what was in doubt is refused: the store may have taken it before.
 */
export class AppendDelivery {
  constructor(
    private readonly store: EventStore,
    private readonly settings: RunnerSettings,
    private readonly ports: RunnerPorts,
  ) {}

  async deliver(append: Append<unknown, unknown>, watch: DeliveryWatch): Promise<Delivered> {
    const deadline = this.ports.nowMs() + this.settings.unknownMsMax;
    let unknown = false;
    for (let sends = 0; sends <= this.settings.resendsMax; sends += 1) {
      if (sends > 0 && this.ports.nowMs() > deadline) break;
      const outcome = await this.send(append, sends, watch);
      if (outcome === 'abandoned') return { kind: 'abandoned' };
      if (outcome !== 'unknown') {
        return outcome.kind !== 'committed' && unknown
          ? this.whatBecameOf(append, undefined, outcome, deadline, watch)
          : outcome;
      }
      unknown = true;
    }
    return this.fence(append, deadline, watch);
  }

  private async fence(
    append: Append<unknown, unknown>,
    deadline: number,
    watch: DeliveryWatch,
  ): Promise<Delivered> {
    const fence = fenceOf(append, this.ports.newId);
    watch.onFence();
    for (let sends = 0; ; sends += 1) {
      const late = this.ports.nowMs() > deadline;
      if (late || sends === this.settings.fencesMax) watch.onDown();
      const outcome = await this.send(fence, sends + 1, watch);
      if (outcome === 'unknown') continue;
      if (outcome === 'abandoned') return { kind: 'abandoned' };
      if (outcome.kind !== 'committed') {
        return this.whatBecameOf(append, fence, outcome, deadline, watch);
      }
      return { kind: 'fenced', position: outcome.position, records: fence.records };
    }
  }

  /** One try, after a pause that grows with the tries before it. */
  private async send(
    { records, checks }: Sent,
    triesBefore: number,
    watch: DeliveryWatch,
  ): Promise<Delivered | 'unknown' | 'abandoned'> {
    if (triesBefore > 0) await this.pause(triesBefore);
    if (watch.abandoned()) return 'abandoned';
    try {
      return finalWord(await this.store.append(records, checks));
    } catch (error) {
      if (error instanceof AppendRefused) return { kind: 'refused', error };
      // Whatever is no clear "no" is doubt, also an error that nobody thought of.
      watch.onUnknown();
      return 'unknown';
    }
  }

  private pause(triesBefore: number): Promise<void> {
    const { backoffMsFirst, backoffMsMax } = this.settings;
    const full = Math.min(backoffMsMax, backoffMsFirst * 2 ** (triesBefore - 1));
    return this.ports.sleep(full / 2 + (this.ports.random() * full) / 2);
  }

  /** After doubt a "no" may only mean "not again": the append is atomic, so one record tells. */
  private async whatBecameOf(
    append: Append<unknown, unknown>,
    fence: Sent | undefined,
    no: Delivered,
    deadline: number,
    watch: DeliveryWatch,
  ): Promise<Delivered> {
    for (let failures = 1; ; failures += 1) {
      try {
        const position = await this.positionOf(append);
        if (position !== undefined) return { kind: 'committed', position };
        const fenced = fence && (await this.positionOf(fence));
        if (fence === undefined || fenced === undefined) return no;
        return { kind: 'fenced', position: fenced, records: fence.records };
      } catch {
        const late = this.ports.nowMs() > deadline;
        if (late || failures >= this.settings.resendsMax) watch.onDown();
        await this.pause(Math.min(failures, 20));
        if (watch.abandoned()) return { kind: 'abandoned' };
      }
    }
  }

  /** Where the last record of what was sent lies, undefined when it is not in the store. */
  private async positionOf({ records, checks }: Sent): Promise<bigint | undefined> {
    const last = records[records.length - 1] as NewRecord;
    const revision = revisionBefore(checks, last.stream) + count(records, last.stream);
    const [stored] = await this.store.readStream(last.stream, revision, 1);
    return stored?.id === last.id ? stored.position : undefined;
  }
}

const finalWord = (outcome: AppendOutcome): Delivered =>
  outcome.committed
    ? { kind: 'committed', position: outcome.position }
    : { kind: 'violated', violations: outcome.violations };

const revisionBefore = (checks: readonly StreamCheck[], stream: string): number => {
  const check = checks.find((each) => each.stream === stream);
  return check === undefined || check.expected === 'no-stream' ? -1 : check.expected;
};

const count = (records: readonly NewRecord[], stream: string): number =>
  records.reduce((total, record) => (record.stream === stream ? total + 1 : total), 0);
