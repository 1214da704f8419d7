import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import { FrameReader } from './framing';
import type { InputBudget } from './input-budget';
import { GrpcCode, GrpcError } from './status';
import { trailersOf } from './trailers';

/** What a call may use. */
export interface CallLimits {
  readonly messageBytesMax: number;
  readonly input: InputBudget;
}

const queuedMessagesMax = 64;
const queuedBytesMax = 4 * 1024 * 1024;
const deadlineMsMax = 0x7fffffff;

/**
 * One gRPC call over a bare HTTP/2 stream. Response headers leave at once: with Nagle's algorithm
 * on the client's side its request body waits for an acknowledgement that the kernel would delay
 * by 40 ms.
 */
export class ServerCall {
  private readonly frames: FrameReader;
  private readonly queue: Buffer[] = [];
  private queuedBytes = 0;
  private heldBytes = 0;
  private halfClosed = false;
  private finished = false;
  private inputFailure: GrpcError | undefined;
  private wakeReader: (() => void) | undefined;
  private wakeWriter: (() => void) | undefined;
  private readonly cancelListeners: (() => void)[] = [];
  private deadline: NodeJS.Timeout | undefined;
  private trailers: Record<string, string> = {};
  private accounted = 0;
  /**
   * Set by calls without a natural end, such as subscriptions: a stopping server ends them at
   * once.
   */
  lasting = false;
  /** Told when the server stops, by a call that ends itself in its own way then. */
  retire: (() => void) | undefined;

  constructor(
    private readonly stream: ServerHttp2Stream,
    readonly headers: IncomingHttpHeaders,
    private readonly limits: CallLimits,
  ) {
    this.frames = new FrameReader(limits.messageBytesMax);
    stream.on('wantTrailers', () => {
      try {
        stream.sendTrailers(this.trailers);
      } catch {
        stream.close();
      }
    });
    stream.on('data', (chunk: Buffer) => this.received(chunk));
    stream.on('end', () => {
      this.halfClosed = true;
      this.wakeReader?.();
    });
    stream.on('drain', () => this.wakeWriter?.());
    stream.on('error', () => this.abandoned());
    stream.on('aborted', () => this.abandoned());
    stream.on('close', () => this.abandoned());
    stream.respond(
      { ':status': 200, 'content-type': 'application/grpc' },
      { waitForTrailers: true },
    );
    this.startDeadline();
  }

  /** True once nothing sent would arrive any more: answered, cancelled, reset or timed out. */
  get over(): boolean {
    return this.finished;
  }

  /**
   * Calls back once when the call ends, however that happens; at once when it is over already.
   */
  onOver(listener: () => void): void {
    if (this.finished) listener();
    else this.cancelListeners.push(listener);
  }

  /** The next request message, or undefined when the client has sent its last. */
  async receive(): Promise<Buffer | undefined> {
    for (;;) {
      if (this.inputFailure) throw this.inputFailure;
      const message = this.queue.shift();
      if (message) {
        this.queuedBytes -= message.length;
        this.account();
        if (!this.queueOver(2)) this.stream.resume();
        return message;
      }
      if (this.finished) throw new GrpcError(GrpcCode.Cancelled, 'the call is over');
      if (this.halfClosed) return undefined;
      await new Promise<void>((resolve) => (this.wakeReader = resolve));
      this.wakeReader = undefined;
    }
  }

  /** The one message of a unary request. */
  async receiveOne(): Promise<Buffer> {
    const message = await this.receive();
    if (!message) throw new GrpcError(GrpcCode.Internal, 'Incomplete message.');
    return message;
  }

  /**
   * Counts bytes of an unfinished request that the method keeps, until `letGo` or the call's end;
   * throws RESOURCE_EXHAUSTED when all calls together keep too much.
   */
  hold(bytes: number): void {
    if (this.finished) return;
    this.heldBytes += bytes;
    this.account();
  }

  /** What is whole others count from here on: so many of the bytes held, or all. */
  letGo(bytes = this.heldBytes): void {
    this.hold(-bytes);
  }

  /**
   * Sends framed messages, any number in one write. Returns false when the client reads more
   * slowly than we send: wait for `drained` before the next, so that no call holds more than a
   * page.
   */
  send(framed: Buffer, sent?: () => void): boolean {
    if (this.finished) return true;
    return this.stream.write(framed, sent);
  }

  /** Resolves when there is room again, or when the call is over. */
  async drained(): Promise<void> {
    if (this.finished || !this.stream.writableNeedDrain) return;
    await new Promise<void>((resolve) => (this.wakeWriter = resolve));
    this.wakeWriter = undefined;
  }

  /** Ends the call with status OK, after a last framed message if one is given. */
  succeed(lastFramed?: Buffer, sent?: () => void): void {
    this.finish({ 'grpc-status': '0' }, lastFramed, sent);
  }

  /** Ends the call with an error status. */
  fail(error: GrpcError): void {
    this.finish(trailersOf(error));
  }

  private finish(trailers: Record<string, string>, lastFramed?: Buffer, sent?: () => void): void {
    if (this.finished) return;
    this.trailers = trailers;
    this.settle();
    if (this.stream.destroyed || this.stream.closed) return;
    if (lastFramed) this.stream.end(lastFramed, sent);
    else this.stream.end();
    // A body that still comes is read and dropped, or it would hold the connection's window.
    this.stream.resume();
  }

  private received(chunk: Buffer): void {
    if (this.finished || this.inputFailure) return;
    try {
      const messages = this.frames.push(chunk);
      for (const message of messages) {
        this.queue.push(message);
        this.queuedBytes += message.length;
      }
      this.account();
      if (this.queueOver(1)) this.stream.pause();
      if (messages.length > 0) this.wakeReader?.();
    } catch (error) {
      this.inputFailure = error as GrpcError;
      this.wakeReader?.();
    }
  }

  private account(): void {
    const bytes = this.frames.pending + this.queuedBytes + this.heldBytes;
    if (bytes === this.accounted) return;
    this.limits.input.change(bytes - this.accounted);
    this.accounted = bytes;
  }

  /** Whether the queue has reached that part of its bounds. */
  private queueOver(part: number): boolean {
    return (
      this.queue.length >= queuedMessagesMax / part || this.queuedBytes >= queuedBytesMax / part
    );
  }

  private abandoned(): void {
    if (!this.finished) this.settle();
  }

  private settle(): void {
    this.finished = true;
    if (this.deadline) clearTimeout(this.deadline);
    this.limits.input.release(this.accounted);
    this.accounted = 0;
    this.queue.length = 0;
    this.queuedBytes = this.heldBytes = 0;
    this.wakeReader?.();
    this.wakeWriter?.();
    for (const listener of this.cancelListeners.splice(0)) listener();
  }

  private startDeadline(): void {
    const ms = timeoutMs(this.headers['grpc-timeout']);
    if (ms === undefined) return;
    this.deadline = setTimeout(
      () => this.fail(new GrpcError(GrpcCode.DeadlineExceeded, 'Deadline Exceeded')),
      Math.min(ms, deadlineMsMax),
    );
  }
}

const unitMs: Record<string, number> = {
  H: 3_600_000,
  M: 60_000,
  S: 1_000,
  m: 1,
  u: 0.001,
  n: 0.000001,
};

function timeoutMs(header: string | string[] | undefined): number | undefined {
  const match = typeof header === 'string' ? /^(\d{1,8})([HMSmun])$/.exec(header) : null;
  return match ? Number(match[1]) * unitMs[match[2]!]! : undefined;
}
