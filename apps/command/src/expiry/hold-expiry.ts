import type { EventStore, EventTypeLog, LogPosition, StoredRecord } from '@daybook/event-store';
import { checkEvent, type LedgerEvent, UnreadableEvent } from '@daybook/ledger-contracts';
import type { Logger } from '@daybook/platform';
import { identityOf } from '../edge/digest';
import { idOfSettlement } from '../edge/identities';
import type { CommandContext } from '../edge/use-case';
import { CommandFailure } from '../ledger/command-failure';
import type { Ledger } from '../ledger/ledger';
import { Checkpoint, earlier } from '../log-watch/checkpoint';
import { LogWatch } from '../log-watch/log-watch';
import { endedBy, WATCHED } from './hold-events';
import { OpenHolds, type OpenHold } from './open-holds';

const HOLDS_MAX = 100_000;
const TICK_MS = 200;
const UNDER_WAY_MAX = 64;
const RETRY_MS = 2_000;
/** One that no waiting helps is tried again, as somebody may mend what is wrong. */
const RETRY_BROKEN_MS = 60_000;
/** Instances do not all try at once; the first one's expiry is the others' repeat. */
const JITTER_MS = 300;
const SAVE_EVERY_MS = 60_000;
const COMMAND_BYTES = 300;
/** The client does not tell a store that is away from one that speaks TLS otherwise. */
const NO_ANSWER =
  'no event store answers: is it running where KURRENTDB_URL says, with TLS as the URL says?';

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
  private place: LogPosition = 'start';
  /** Before the first event that cannot be read: a newer version has to begin there. */
  private unreadFrom: LogPosition | undefined;
  private saved: LogPosition = 'start';
  /** By a clock that nobody sets, as the next one. */
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
    this.savedMs = performance.now();
    this.checkpoint.load().then(
      (place) => {
        if (this.stopped) return;
        this.place = place;
        this.saved = place;
        this.watch.start(place);
        this.timer = setInterval(() => this.tick(), TICK_MS);
      },
      (error: unknown) => {
        if (this.stopped) return;
        // Nothing else is heard of it where nobody asks whether the service is ready.
        this.parts.logger.warn({ err: error }, NO_ANSWER);
        this.timer = setTimeout(() => this.start(), RETRY_MS);
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
    const previous = this.place;
    const { position } = record;
    this.place = position;
    const event = this.read(record, previous);
    if (!event) return;
    if (event.type === 'TransactionPending') {
      const { transactionId, expiresAt } = event.data;
      if (expiresAt === undefined) return;
      const dueMs = Date.parse(expiresAt) + Math.random() * JITTER_MS;
      return this.holds.add({ transactionId, dueMs, previous, position });
    }
    const ended = endedBy(event);
    if (ended !== undefined) this.holds.remove(ended);
  }

  /** One event that this version cannot read keeps no other hold from its expiry. */
  private read(record: StoredRecord, previous: LogPosition): LedgerEvent | undefined {
    try {
      return checkEvent(record);
    } catch (error) {
      if (!(error instanceof UnreadableEvent)) throw error;
      this.unreadFrom = earlier(this.unreadFrom, previous);
      const { stream, position } = record;
      this.parts.logger.error({ err: error, stream, position }, 'an expiry cannot be read');
      return undefined;
    }
  }

  private tick(): void {
    this.beginDue();
    if (this.holds.overflow !== undefined && this.holds.size < HOLDS_MAX / 2) {
      const from = this.holds.overflow;
      this.holds.overflow = undefined;
      this.place = from;
      this.watch.start(from);
    }
    if (performance.now() - this.savedMs > SAVE_EVERY_MS) {
      this.savedMs = performance.now();
      void this.save().catch(() => undefined);
    }
  }

  private beginDue(): void {
    if (this.stopped || performance.now() < this.waitUntilMs) return;
    const nowMs = this.nowMs();
    while (this.underWay.size < UNDER_WAY_MAX) {
      const hold = this.holds.takeDue(nowMs);
      if (!hold) return;
      this.underWay.add(hold);
      // The next one at once: thousands may be due together.
      void this.expire(hold).then(() => this.beginDue());
    }
  }

  private async expire(hold: OpenHold): Promise<void> {
    let again: OpenHold | undefined;
    try {
      if (await this.isStillOpen(hold.transactionId)) again = hold;
    } catch (error) {
      again = this.afterFailure(error, hold);
    }
    this.underWay.delete(hold);
    if (again) this.holds.add(again);
  }

  /** The hold as it is tried again; all others wait, too, when the failure is the store's. */
  private afterFailure(error: unknown, hold: OpenHold): OpenHold {
    const { logger } = this.parts;
    const { transactionId: id } = hold;
    if (error instanceof CommandFailure && error.cause.retryable) {
      this.waitUntilMs = performance.now() + RETRY_MS;
      logger.warn({ err: error, id }, 'an expiry has to wait');
      return hold;
    }
    logger.error({ err: error, id }, 'a hold cannot be expired');
    return { ...hold, dueMs: this.nowMs() + RETRY_BROKEN_MS };
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
    const found = this.holds.safePlace(this.place, this.underWay);
    const place = earlier(this.unreadFrom, found);
    if (place === this.saved) return;
    await this.checkpoint.save(place);
    this.saved = place;
  }
}
