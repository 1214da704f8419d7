import type { StoredRecord } from '@daybook/event-store';
import { convertToCommandError } from '@kurrent/kurrentdb-client';
import { readFailure } from '../read-errors';
import type { AnswerStream } from '../client-channel';
import { recordIn } from './read-answer';

/** Answers that may wait for their reader before the server must; and their bytes. */
const WAITING_MAX = 512;
const WAITING_BYTES_MAX = 4 * 1024 * 1024;

type Step = IteratorResult<StoredRecord, undefined>;

interface Reader {
  readonly resolve: (step: Step) => void;
  readonly reject: (error: unknown) => void;
}

const OVER: Step = { done: true, value: undefined };

/**
 * The records of a subscription, decoded when they are asked for. Ends in silence when the signal
 * aborts or its reader leaves, else with an error. One reader at a time, as `for await` is.
 */
export class RecordStream implements AsyncIterableIterator<StoredRecord> {
  #waiting: Buffer[] = [];
  #next = 0;
  #bytes = 0;
  #stream: AnswerStream | undefined;
  #reader: Reader | undefined;
  #begun = false;
  #left = false;
  #ended = false;
  #failure: unknown;
  readonly #leave = (): void => void this.return();

  constructor(
    private readonly open: () => Promise<AnswerStream>,
    private readonly signal: AbortSignal,
  ) {}

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<Step> {
    if (!this.#begun) this.#begin();
    try {
      const step = this.#take();
      if (step) return Promise.resolve(step);
    } catch (error) {
      this.#leave();
      return Promise.reject(readFailure(error));
    }
    return new Promise((resolve, reject) => {
      this.#reader = { resolve, reject };
    });
  }

  return(): Promise<Step> {
    if (!this.#left) {
      this.#left = true;
      this.#waiting = [];
      this.#next = 0;
      this.signal.removeEventListener('abort', this.#leave);
      if (this.#stream) cancel(this.#stream);
      this.#reader?.resolve(OVER);
      this.#reader = undefined;
    }
    return Promise.resolve(OVER);
  }

  #begin(): void {
    this.#begun = true;
    if (this.signal.aborted) this.#left = true;
    if (this.#left) return;
    this.signal.addEventListener('abort', this.#leave);
    this.open().then(
      (stream) => this.#listen(stream),
      (error: unknown) => this.#end(error),
    );
  }

  #listen(stream: AnswerStream): void {
    stream.on('data', (answer: Buffer) => this.#add(answer));
    stream.on('error', (error) => this.#end(error));
    stream.on('end', () => this.#end(new Error('the subscription ended')));
    if (this.#left) return cancel(stream);
    this.#stream = stream;
  }

  #add(answer: Buffer): void {
    if (this.#left) return;
    this.#waiting.push(answer);
    this.#bytes += answer.length;
    if (this.#waiting.length >= WAITING_MAX || this.#bytes >= WAITING_BYTES_MAX) {
      this.#stream?.pause();
    }
    this.#serve();
  }

  #end(error: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#failure = error instanceof Error ? convertToCommandError(error) : error;
    this.#serve();
  }

  /** Gives the reader that waits what there is for it. */
  #serve(): void {
    const reader = this.#reader;
    if (!reader) return;
    try {
      const step = this.#take();
      if (!step) return;
      this.#reader = undefined;
      reader.resolve(step);
    } catch (error) {
      this.#reader = undefined;
      this.#leave();
      reader.reject(readFailure(error));
    }
  }

  /** The next record or the end, undefined when there is neither yet; throws what went wrong. */
  #take(): Step | undefined {
    if (this.#left) return OVER;
    while (this.#next < this.#waiting.length) {
      const record = recordIn(this.#waiting[this.#next] as Buffer);
      this.#next += 1;
      if (this.#next === this.#waiting.length) this.#emptied();
      if (record) return { done: false, value: record };
    }
    if (this.#ended) throw this.#failure;
    return undefined;
  }

  #emptied(): void {
    this.#waiting = [];
    this.#next = 0;
    this.#bytes = 0;
    if (this.#stream?.isPaused()) this.#stream.resume();
  }
}

/** Not at once: a call that is cancelled while it gives an answer loses its status (grpc-node#1652). */
function cancel(stream: AnswerStream): void {
  setImmediate(() => stream.cancel());
}
