import type { ServerCall } from '../grpc/server-call';
import { GrpcCode, GrpcError, shuttingDown } from '../grpc/status';
import { ProtoWriter } from '../protobuf/writer';
import type { EventStore } from '../storage/event-store';
import type { ProposedEvent } from '../storage/stored-event';
import { checkedBytes, checkName, singleStream } from './append';
import {
  batchFailed,
  batchSucceeded,
  conflictDetail,
  type BatchAddress,
  type BatchError,
} from './append-answers';
import { statusOf } from '../statuses';
import { decodeBatchRequest, type BatchMessage, type StreamOptions } from './append-requests';
import { eventOverheadBytes, type AppendLimits } from './limits';

/** An append whose messages have not all come. */
interface OpenBatch {
  readonly options: StreamOptions;
  readonly deadline: number;
  readonly events: ProposedEvent[];
  bytes: number;
  /** What the call holds for it. */
  held: number;
  failure: BatchError | undefined;
}

const openBatchesMax = 1_000;
const inFlightMax = 2_048;
const inFlightBytesMax = 64 * 1024 * 1024;

/**
 * Serves `Streams/BatchAppend`: any number of appends on one call, each answered when it is
 * durable.
 */
export async function serveBatchAppend(
  call: ServerCall,
  store: EventStore,
  limits: AppendLimits,
): Promise<void> {
  await new BatchAppend(call, store, limits).run();
}

class BatchAppend {
  private readonly open = new Map<string, OpenBatch>();
  private inFlight = 0;
  private inFlightBytes = 0;
  private wake: (() => void) | undefined;
  private answers: Buffer[] = [];
  private failure: unknown;
  private retiring = false;

  constructor(
    private readonly call: ServerCall,
    private readonly store: EventStore,
    private readonly limits: AppendLimits,
  ) {
    call.retire = () => this.retire();
  }

  async run(): Promise<void> {
    for (;;) {
      const message = await this.call.receive();
      if (this.failure) throw this.failure;
      if (!message) break;
      if (this.retiring) continue;
      this.take(decodeBatchRequest(message));
      // Only for appends that are whole: those that are not end by what this loop receives.
      while (this.inFlight >= inFlightMax || this.inFlightBytes > inFlightBytesMax) {
        await this.news();
      }
    }
    while (this.inFlight > 0 && !this.call.over) await this.news();
    this.flush();
  }

  /** A stopping server takes no more, answers what it has taken and ends the call. */
  private retire(): void {
    this.retiring = true;
    if (this.inFlight > 0) return;
    this.flush();
    this.call.fail(shuttingDown());
  }

  private news(): Promise<void> {
    if (this.failure) throw this.failure;
    return new Promise((resolve) => (this.wake = resolve));
  }

  private take(message: BatchMessage): void {
    const key = message.correlation.toString('latin1');
    const batch = this.open.get(key) ?? this.begin(key, message);
    for (const event of message.events) this.add(batch, event);
    if (!message.final) return;
    this.open.delete(key);
    this.call.letGo(batch.held);
    const { name, expected } = batch.options;
    const address = { correlation: message.correlation, name, expected };
    if (batch.failure) {
      this.answer(batchFailed(address, batch.failure));
      return;
    }
    void this.append(address, batch);
  }

  private begin(key: string, { options, deadlineMs }: BatchMessage): OpenBatch {
    if (!options) {
      throw new GrpcError(
        GrpcCode.InvalidArgument,
        'the first message of an append has no options',
      );
    }
    if (this.open.size >= openBatchesMax) {
      throw new GrpcError(GrpcCode.ResourceExhausted, `more than ${openBatchesMax} open appends`);
    }
    checkName(options.name);
    const deadline = deadlineMs === undefined ? Infinity : Date.now() + deadlineMs;
    const held = key.length + options.name.length + eventOverheadBytes;
    const batch: OpenBatch = { options, deadline, events: [], bytes: 0, held, failure: undefined };
    this.open.set(key, batch);
    this.call.hold(held);
    return batch;
  }

  private add(batch: OpenBatch, event: ProposedEvent): void {
    if (batch.failure) return;
    const { recordBytesMax, appendBytesMax } = this.limits;
    const bytes = event.data.length + event.metadata.length + event.type.length;
    if (bytes > recordBytesMax || batch.bytes + bytes > appendBytesMax) {
      batch.failure = tooLarge(bytes > recordBytesMax ? recordBytesMax : appendBytesMax);
      batch.events.length = 0;
      this.call.letGo(batch.held);
      batch.held = 0;
      return;
    }
    checkedBytes(event, this.limits);
    batch.events.push(event);
    batch.bytes += bytes;
    batch.held += bytes + eventOverheadBytes;
    this.call.hold(bytes + eventOverheadBytes);
  }

  private async append(address: BatchAddress, batch: OpenBatch): Promise<void> {
    this.inFlight++;
    this.inFlightBytes += batch.bytes;
    try {
      if (Date.now() > batch.deadline) {
        this.answer(batchFailed(address, timedOut));
        return;
      }
      const outcome = await this.store.append(
        singleStream(batch.options, batch.events),
        batch.bytes,
      );
      if (outcome.kind === 'appended') this.answer(batchSucceeded(address, outcome));
      else if (outcome.decision.kind === 'deleted') {
        this.answer(batchFailed(address, deletedError(address.name)));
      } else {
        this.answer(batchFailed(address, conflict(address, outcome.decision.current)));
      }
    } catch (error) {
      this.failure = error;
    } finally {
      this.inFlight--;
      this.inFlightBytes -= batch.bytes;
      if (this.failure) this.failCall();
      if (this.retiring) this.retire();
      this.wake?.();
    }
  }

  private failCall(): void {
    const { failure } = this;
    const message = failure instanceof Error ? failure.message : String(failure);
    const known = failure instanceof GrpcError ? failure : statusOf(failure);
    this.call.fail(known ?? new GrpcError(GrpcCode.Unavailable, message));
  }

  /** Answers of one group commit leave in one write. */
  private answer(framed: Buffer): void {
    if (this.answers.length === 0) queueMicrotask(() => queueMicrotask(() => this.flush()));
    this.answers.push(framed);
  }

  private flush(): void {
    if (this.answers.length === 0) return;
    const answers = this.answers;
    this.answers = [];
    this.call.send(answers.length === 1 ? answers[0]! : Buffer.concat(answers));
  }
}

const timedOut: BatchError = {
  code: GrpcCode.DeadlineExceeded,
  message: 'Timeout',
  typeName: 'Timeout',
  detail: Buffer.alloc(0),
};

function tooLarge(bytesMax: number): BatchError {
  return {
    code: GrpcCode.InvalidArgument,
    message: `Maximum Append Size of ${bytesMax} Exceeded.`,
    typeName: 'MaximumAppendSizeExceeded',
    detail: new ProtoWriter().uint64(1, bytesMax).finish(),
  };
}

function deletedError(name: Buffer): BatchError {
  return {
    code: GrpcCode.FailedPrecondition,
    message: 'Stream deleted',
    typeName: 'StreamDeleted',
    detail: new ProtoWriter().message(1, (identifier) => identifier.bytes(3, name)).finish(),
  };
}

function conflict({ expected }: BatchAddress, current: number): BatchError {
  return {
    code: GrpcCode.FailedPrecondition,
    message: 'Wrong expected version',
    typeName: 'WrongExpectedVersion',
    detail: conflictDetail(expected, current),
  };
}
