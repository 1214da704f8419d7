import {
  CommandError,
  pause,
  type EventStore,
  type EventTypeLog,
  type StoredRecord,
} from '@daybook/event-store';
import { overloaded, type Logger } from '@daybook/platform';
import { freshId } from '../edge/identities';
import { notBefore, type Timekeeping } from '../edge/read-request';
import type { CommandContext, Input, UseCase } from '../edge/use-case';
import { CommandFailure } from '../ledger/command-failure';
import { positionText, type LedgerRunner } from '../ledger/ledger';
import { Checkpoint } from '../log-watch/checkpoint';
import { LogWatch } from '../log-watch/log-watch';
import { decideReceipt, lookAtReceipt, receive } from './receipt-commands';
import { commandOf, receivedOf } from './received-command';
import type { ReceiptAnswer, ReceiptStanding } from './receipt-status';
import { WatchedReceipts } from './watched-receipts';

const UNDER_WAY_MAX = 2_000;
const RETRY_MS = 500;
/** A receipt that no waiting helps is tried again, as another version may come to run beside this. */
const RETRY_BROKEN_MS = 60_000;
/** Receipts of others are left to them for so long. */
const GRACE_MS = 3_000;
const SAVE_EVERY_MS = 60_000;

export interface ReceiptDeskParts {
  readonly runner: LedgerRunner;
  readonly store: EventStore & EventTypeLog;
  readonly logger: Logger;
  readonly timekeeping: Timekeeping;
}

/**
 * Takes commands in before they are decided. Each is decided once, also after a crash: whoever runs
 * finds receipts in the log that nobody has settled, and deciding one again changes nothing.
 */
export class ReceiptDesk {
  private readonly underWay = new Map<string, Promise<void>>();
  private readonly stopping = new AbortController();
  private readonly checkpoint: Checkpoint;
  private readonly watch: LogWatch;
  private readonly watched = new WatchedReceipts();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly parts: ReceiptDeskParts) {
    const { store, logger } = parts;
    this.checkpoint = new Checkpoint(store, 'receipts');
    this.watch = new LogWatch(store, ['CommandReceived'], (r) => this.note(r), logger);
  }

  /** Begins in the background to pick up what was left undecided. */
  start(): void {
    this.checkpoint.load().then(
      (place) => {
        if (this.stopping.signal.aborted) return;
        this.watched.begin(place);
        this.watch.start(place);
        this.timer = setInterval(() => void this.save().catch(() => undefined), SAVE_EVERY_MS);
      },
      () => {
        if (!this.stopping.signal.aborted) this.timer = setTimeout(() => this.start(), RETRY_MS);
      },
    );
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    clearInterval(this.timer);
    await this.watch.stop();
    await Promise.all(this.underWay.values());
    await this.save().catch(() => undefined);
  }

  /** Makes a command durable; it is decided afterwards. Throws `CommandFailure`. */
  async accept(
    useCase: UseCase,
    input: Input<object>,
    sent: Readonly<Record<string, unknown>>,
    context: CommandContext,
  ): Promise<ReceiptAnswer> {
    if (this.underWay.size >= UNDER_WAY_MAX) {
      throw overloaded('too many commands wait for their decision');
    }
    const received = receivedOf(freshId(), useCase, input, sent, context);
    const { commandId, operation } = received;
    try {
      const { position } = await this.parts.runner.run(receive(received, context));
      this.settle(commandId);
      return { commandId, operation, status: 'accepted', position: positionText(position) };
    } catch (error) {
      throw CommandFailure.of(error, commandOf(received, context.now, undefined));
    }
  }

  /**
   * Where a receipt stands, and the position that shows it; of a success always the same, so that
   * it is not taken back when its accounts move on. Throws `CommandFailure` when the store does
   * not tell.
   */
  async look(commandId: string): Promise<{ standing: ReceiptStanding; position: bigint }> {
    try {
      const command = lookAtReceipt(commandId, () => this.nowText());
      const { answer, position = 0n } = await this.parts.runner.run(command);
      const toldBy = answer.status === 'committed' ? answer.toldBy : undefined;
      const [told] = toldBy === undefined ? [] : await this.parts.store.readStream(toldBy, 0, 1);
      return { standing: answer, position: told?.position ?? position };
    } catch (error) {
      throw CommandFailure.of(error);
    }
  }

  private nowText(): string {
    return this.parts.timekeeping.now().toISOString();
  }

  private settle(commandId: string): void {
    if (this.underWay.has(commandId)) return;
    const decided = this.decide(commandId).finally(() => this.underWay.delete(commandId));
    this.underWay.set(commandId, decided);
  }

  /** Until it is settled: the client was promised that. A stop leaves it to whoever runs next. */
  private async decide(commandId: string): Promise<void> {
    const { runner, timekeeping, logger } = this.parts;
    const command = decideReceipt(
      commandId,
      () => this.nowText(),
      () => notBefore(timekeeping.now(), timekeeping.effectiveDaysBackMax),
    );
    const { signal } = this.stopping;
    let told: string | undefined;
    while (!signal.aborted) {
      try {
        await runner.run(command);
        return this.watched.settled(commandId);
      } catch (error) {
        const retryable = error instanceof CommandError && error.retryable;
        const { code = 'InternalError' } = error as { readonly code?: string };
        // Once, not at every try: thousands may wait for the same store.
        if (code !== told) {
          logger[retryable ? 'warn' : 'error']({ err: error, commandId, code }, 'receipt waits');
        }
        told = code;
        await pause(retryable ? RETRY_MS : RETRY_BROKEN_MS, signal);
      }
    }
  }

  private async note(record: StoredRecord): Promise<void> {
    const { commandId } = record.data as { commandId: string };
    const { signal } = this.stopping;
    while (this.watched.isFull && !signal.aborted) {
      await pause(RETRY_MS, signal);
    }
    if (this.watched.note(commandId, record.position)) return;
    const waitMs = record.created.getTime() + GRACE_MS - this.parts.timekeeping.now().getTime();
    if (waitMs > 0) {
      await pause(Math.min(waitMs, GRACE_MS), signal);
    }
    while (this.underWay.size >= UNDER_WAY_MAX / 2 && !signal.aborted) {
      await Promise.race(this.underWay.values());
    }
    if (!signal.aborted && !this.watched.isSettled(commandId)) this.settle(commandId);
  }

  private async save(): Promise<void> {
    const place = this.watched.takeProgress();
    if (place !== undefined) await this.checkpoint.save(place);
  }
}
