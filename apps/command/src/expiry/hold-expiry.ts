import type { EventStore, EventTypeLog, StoredRecord } from '@daybook/event-store';
import { checkEvent } from '@daybook/ledger-contracts';
import type { Logger } from '@daybook/platform';
import { identityOf } from '../edge/digest';
import { idOfSettlement } from '../edge/identities';
import type { CommandContext } from '../edge/use-case';
import type { Ledger } from '../ledger/ledger';
import { Checkpoint, type Place } from '../log-watch/checkpoint';
import { LogWatch } from '../log-watch/log-watch';
import { endedBy, WATCHED } from './hold-events';
import { OpenHolds, type OpenHold } from './open-holds';

const HOLDS_MAX = 100_000;
const TICK_MS = 200;
const UNDER_WAY_MAX = 64;
const RETRY_MS = 2_000;
/** Instances do not all try at once; the first one's expiry is the others' repeat. */
const JITTER_MS = 300;
const SAVE_EVERY_MS = 60_000;
const COMMAND_BYTES = 300;

export interface HoldExpiryParts {
  readonly store: EventStore & EventTypeLog;
  readonly ledger: Ledger;
  readonly logger: Logger;
  readonly now: () => Date;
}

/**
 * Expires pending transactions when their time has come. It finds them in the log, so it survives
 * restarts; the expiry's id is derived from the transaction's, so any number of instances may run.
 */
export class HoldExpiry {
  private readonly holds = new OpenHolds(HOLDS_MAX);
  private readonly underWay = new Set<OpenHold>();
  private readonly checkpoint: Checkpoint;
  private readonly watch: LogWatch;
  private place: Place = 'start';
  private saved: Place = 'start';
  private savedMs = 0;
  /** After a failure nothing is begun before this time: the store may be away. */
  private waitUntilMs = 0;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(private readonly parts: HoldExpiryParts) {
    const { store, logger } = parts;
    this.checkpoint = new Checkpoint(store, 'expiry');
    this.watch = new LogWatch(store, WATCHED, (r) => this.note(r), logger);
  }

  /** Begins in the background; a store that is away is tried again. */
  start(): void {
    this.savedMs = this.nowMs();
    this.checkpoint.load().then(
      (place) => {
        if (this.stopped) return;
        this.place = place;
        this.saved = place;
        this.watch.start(place);
        this.timer = setInterval(() => this.tick(), TICK_MS);
      },
      () => {
        if (!this.stopped) this.timer = setTimeout(() => this.start(), RETRY_MS);
      },
    );
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    await this.watch.stop();
    await this.save().catch(() => undefined);
  }

  private nowMs(): number {
    return this.parts.now().getTime();
  }

  private note(record: StoredRecord): void {
    const event = checkEvent(record);
    const previous = this.place;
    const { position } = record;
    this.place = position;
    if (event.type === 'TransactionPending') {
      const { transactionId, expiresAt } = event.data;
      if (expiresAt === undefined) return;
      const dueMs = Date.parse(expiresAt) + Math.random() * JITTER_MS;
      return this.holds.add({ transactionId, dueMs, previous, position });
    }
    const ended = endedBy(event);
    if (ended !== undefined) this.holds.remove(ended);
  }

  private tick(): void {
    const nowMs = this.nowMs();
    this.beginDue(nowMs);
    if (this.holds.overflow !== undefined && this.holds.size < HOLDS_MAX / 2) {
      const from = this.holds.overflow;
      this.holds.overflow = undefined;
      this.place = from;
      this.watch.start(from);
    }
    if (nowMs - this.savedMs > SAVE_EVERY_MS) {
      this.savedMs = nowMs;
      void this.save().catch(() => undefined);
    }
  }

  private beginDue(nowMs: number): void {
    if (this.stopped || nowMs < this.waitUntilMs) return;
    while (this.underWay.size < UNDER_WAY_MAX) {
      const hold = this.holds.takeDue(nowMs);
      if (!hold) return;
      this.underWay.add(hold);
      // The next one at once: thousands may be due together.
      void this.expire(hold).then(() => this.beginDue(this.nowMs()));
    }
  }

  private async expire(hold: OpenHold): Promise<void> {
    let again = true;
    try {
      again = await this.isStillOpen(hold.transactionId);
    } catch (error) {
      this.waitUntilMs = this.nowMs() + RETRY_MS;
      this.parts.logger.warn({ err: error, id: hold.transactionId }, 'an expiry has to wait');
    }
    this.underWay.delete(hold);
    if (again) this.holds.add({ ...hold, dueMs: this.nowMs() + RETRY_MS });
  }

  /** True when the ledger's clock has not reached its time yet. */
  private async isStillOpen(originalId: string): Promise<boolean> {
    const context: CommandContext = {
      now: this.parts.now().toISOString(),
      identity: identityOf('expiry', originalId, {}),
      keyId: undefined,
      dryRun: false,
      correlationId: `expiry-${originalId}`,
      bytes: COMMAND_BYTES,
      effectiveNotBefore: undefined,
    };
    const { now, identity } = context;
    const transactionId = idOfSettlement('expiry', originalId);
    const result = await this.parts.ledger.run(
      { type: 'expire', transactionId, keyed: false, originalId, now, identity },
      context,
    );
    return !result.accepted && result.rejection.code === 'TransactionNotExpired';
  }

  private async save(): Promise<void> {
    const place = this.holds.safePlace(this.place, this.underWay);
    if (place === this.saved) return;
    await this.checkpoint.save(place);
    this.saved = place;
  }
}
