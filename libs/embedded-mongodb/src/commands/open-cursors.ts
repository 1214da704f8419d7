import { encodeDoc } from '../bson/encode';
import { type Doc, docOf, RawDoc, type Value } from '../bson/values';
import { MongoError } from '../errors';
import type { Deadline } from '../query/find-rows';

/** Bytes of documents in one answer. */
const BATCH_BYTES_MAX = 16 * 1024 * 1024;
const FIRST_BATCH = 101;

interface OpenCursor {
  readonly id: bigint;
  readonly namespace: string;
  readonly iterator: Iterator<Doc | RawDoc>;
  readonly close: () => void;
  /** Read but not sent, because the batch was full. */
  held: RawDoc | undefined;
  usedAt: number;
  readonly keeps: boolean;
  readonly deadline: Deadline | undefined;
}

/** What a new cursor gives and how. */
export interface CursorSource {
  readonly namespace: string;
  readonly items: Iterable<Doc | RawDoc>;
  readonly batchSize: number | undefined;
  readonly singleBatch?: boolean;
  readonly noTimeout?: boolean;
  /** The time limit of all its batches together. */
  readonly deadline?: Deadline;
  /** Lets the snapshot go. */
  readonly close: () => void;
}

/** Open cursors, bounded in number and in idle time; each holds its snapshot until its end. */
export class OpenCursors {
  private readonly open = new Map<bigint, OpenCursor>();
  private nextId = BigInt(Date.now()) << 20n;
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly limits: { cursorsMax: number; idleMs: number }) {
    this.timer = setInterval(() => this.closeIdle(), Math.min(60_000, limits.idleMs));
    this.timer.unref();
  }

  get count(): number {
    return this.open.size;
  }

  /** The first answer of a query; the rest stays open under an id, 0 when there is none. */
  start(source: CursorSource): Doc {
    const cursor: OpenCursor = {
      id: 0n,
      namespace: source.namespace,
      iterator: source.items[Symbol.iterator](),
      close: source.close,
      held: undefined,
      usedAt: Date.now(),
      keeps: source.noTimeout ?? false,
      deadline: source.deadline,
    };
    try {
      const { batch, done } = nextBatch(cursor, source.batchSize ?? FIRST_BATCH);
      if (done || source.singleBatch) {
        end(cursor);
        return cursorDoc(0n, source.namespace, 'firstBatch', batch);
      }
      if (this.open.size >= this.limits.cursorsMax) {
        throw new MongoError(146, `too many open cursors, the limit is ${this.limits.cursorsMax}`);
      }
      const id = this.nextId++;
      this.open.set(id, { ...cursor, id });
      cursor.deadline?.pause();
      return cursorDoc(id, source.namespace, 'firstBatch', batch);
    } catch (error) {
      end(cursor);
      throw error;
    }
  }

  /** The next documents; 43 when the cursor is not known (any more). */
  more(id: bigint, namespace: string, batchSize: number | undefined): Doc {
    const cursor = this.open.get(id);
    if (!cursor) throw new MongoError(43, `cursor id ${id} not found`);
    if (cursor.namespace !== namespace) {
      throw new MongoError(
        13,
        `Requested getMore on namespace '${namespace}', but cursor belongs to a different namespace ${cursor.namespace}`,
      );
    }
    cursor.usedAt = Date.now();
    cursor.deadline?.resume();
    try {
      const { batch, done } = nextBatch(cursor, batchSize || Infinity);
      cursor.deadline?.pause();
      if (done) this.kill(id);
      return cursorDoc(done ? 0n : id, namespace, 'nextBatch', batch);
    } catch (error) {
      this.kill(id);
      throw error;
    }
  }

  /** Closes one cursor; false when it is not known. */
  kill(id: bigint): boolean {
    const cursor = this.open.get(id);
    if (!cursor) return false;
    this.open.delete(id);
    end(cursor);
    return true;
  }

  /** Closes all cursors, and the timer. */
  closeAll(): void {
    clearInterval(this.timer);
    for (const id of [...this.open.keys()]) this.kill(id);
  }

  private closeIdle(): void {
    const before = Date.now() - this.limits.idleMs;
    for (const cursor of [...this.open.values()]) {
      if (!cursor.keeps && cursor.usedAt < before) this.kill(cursor.id);
    }
  }
}

function end(cursor: OpenCursor): void {
  cursor.iterator.return?.();
  cursor.close();
}

function nextBatch(cursor: OpenCursor, size: number): { batch: Value[]; done: boolean } {
  const batch: Value[] = [];
  let bytes = 0;
  while (batch.length < size) {
    const item = cursor.held ?? nextRaw(cursor);
    cursor.held = undefined;
    if (!item) return { batch, done: true };
    if (batch.length > 0 && bytes + item.bytes.length > BATCH_BYTES_MAX) {
      cursor.held = item;
      return { batch, done: false };
    }
    batch.push(item);
    bytes += item.bytes.length;
  }
  // A batch of exactly the asked size says whether there is more, so that no cursor stays for nothing.
  cursor.held = size > 0 ? nextRaw(cursor) : undefined;
  return { batch, done: size > 0 && !cursor.held };
}

function nextRaw(cursor: OpenCursor): RawDoc | undefined {
  const { value, done } = cursor.iterator.next();
  if (done) return undefined;
  return value instanceof RawDoc ? value : new RawDoc(encodeDoc(value));
}

function cursorDoc(id: bigint, ns: string, field: string, batch: Value[]): Doc {
  return docOf({ cursor: docOf({ [field]: batch, id, ns }) });
}
