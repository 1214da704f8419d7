import type { Socket } from 'node:net';
import { BsonError } from '../bson/bson-error';
import { type Doc, docOf, Double } from '../bson/values';
import type { ConnectionInfo } from '../commands/command-context';
import { dispatch } from '../commands/dispatch';
import { MESSAGE_BYTES_MAX } from '../commands/handshake';
import type { ServerState } from '../commands/server-state';
import {
  encodeAnswer,
  HEADER_BYTES,
  LegacyQueryError,
  OP_MSG,
  OP_QUERY,
  parseMessage,
  parseQuery,
  readHeader,
  type Request,
} from './message';

const WAITING_BYTES_MAX = 1024 * 1024;
/** What all connections together hold of messages that have not come whole. */
const UNFINISHED_BYTES_MAX = 256 * 1024 * 1024;
/** For the last answer to leave; a client that reads nothing is not waited for. */
const FAREWELL_MS_MAX = 1_000;

/**
 * One client: reads its messages one after the other, and the next only when the answer before has
 * gone into the socket: so a client that does not read costs one answer.
 */
export class Connection {
  private chunks: Buffer[] = [];
  private buffered = 0;
  private busy = false;
  private finishing = false;
  private nextId = 1;
  /** Set while a command runs; resolves when it has been answered. */
  private running: Promise<void> | undefined;

  constructor(
    private readonly socket: Socket,
    private readonly info: ConnectionInfo,
    private readonly server: ServerState,
    private readonly onDefect: (error: unknown) => void,
  ) {
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.receive(chunk));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.forget());
  }

  /** Answers the command that is running, takes no further one and closes the connection. */
  async finish(): Promise<void> {
    this.finishing = true;
    await this.running;
    const late = setTimeout(() => this.socket.destroy(), FAREWELL_MS_MAX);
    this.socket.once('close', () => clearTimeout(late));
    this.socket.destroySoon();
  }

  private receive(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.hold(chunk.length);
    if (!this.busy) void this.run();
    else if (this.buffered > WAITING_BYTES_MAX) this.socket.pause();
    // Were it only left unread, everyone could be waiting for room that nobody frees.
    if (this.server.counters.unfinishedBytes > UNFINISHED_BYTES_MAX) this.socket.destroy();
  }

  private hold(bytes: number): void {
    this.buffered += bytes;
    this.server.counters.unfinishedBytes += bytes;
  }

  private forget(): void {
    this.hold(-this.buffered);
    this.chunks.length = 0;
  }

  private async run(): Promise<void> {
    this.busy = true;
    try {
      let message: Buffer | undefined;
      while (!this.over && (message = this.nextMessage())) {
        await (this.running = this.handle(message));
        this.running = undefined;
        if (this.socket.writableNeedDrain) await drained(this.socket);
      }
    } catch (error) {
      if (!(error instanceof BsonError)) this.onDefect(error);
      this.socket.destroy();
    }
    this.running = undefined;
    this.busy = false;
    this.socket.resume();
  }

  private get over(): boolean {
    return this.finishing || this.socket.destroyed;
  }

  /** The next whole message. Its length is checked before anything of it is put together. */
  private nextMessage(): Buffer | undefined {
    if (this.buffered < HEADER_BYTES) return undefined;
    const head = this.peek(HEADER_BYTES);
    const { length } = readHeader(head);
    if (length < HEADER_BYTES + 5 || length > MESSAGE_BYTES_MAX) {
      throw new BsonError(`invalid message length ${length}`);
    }
    if (this.buffered < length) return undefined;
    const all = this.peek(length);
    const message = all.subarray(0, length);
    const first = this.chunks[0] as Buffer;
    this.hold(-length);
    if (first.length === length) this.chunks.shift();
    else this.chunks[0] = first.subarray(length);
    return message;
  }

  /** Makes the first chunk hold at least `size` bytes. */
  private peek(size: number): Buffer {
    const first = this.chunks[0] as Buffer;
    if (first.length >= size) return first;
    let [taken, count] = [0, 0];
    while (taken < size) taken += (this.chunks[count++] as Buffer).length;
    const joined = Buffer.concat(this.chunks.slice(0, count), taken);
    this.chunks.splice(0, count, joined);
    return joined;
  }

  private async handle(message: Buffer): Promise<void> {
    const { opCode, requestId } = readHeader(message);
    if (opCode !== OP_MSG && opCode !== OP_QUERY) throw new BsonError(`unknown opcode ${opCode}`);
    let request: Request;
    try {
      request = opCode === OP_MSG ? parseMessage(message) : parseQuery(message);
    } catch (error) {
      if (opCode === OP_MSG && error instanceof BsonError) {
        const refusal = docOf({
          ok: new Double(0),
          errmsg: error.message,
          code: 22,
          codeName: 'InvalidBSON',
        });
        this.send(refusal, { body: new Map(), database: '', answerAs: 'message' }, requestId);
        return;
      }
      if (error instanceof LegacyQueryError) {
        const refusal = docOf({ $err: error.message, code: 5739101, ok: new Double(0) });
        this.send(refusal, { body: new Map(), database: '', answerAs: 'failed query' }, requestId);
        return;
      }
      throw error;
    }
    const name = request.body.keys().next().value ?? '';
    const outcome = await dispatch(
      {
        server: this.server,
        connection: this.info,
        name,
        database: request.database,
        body: request.body,
        bytes: message.length,
      },
      this.onDefect,
    );
    if ('close' in outcome) this.socket.destroy();
    else if (request.answerAs !== 'nothing') this.send(outcome.answer, request, requestId);
  }

  private send(answer: Doc, request: Request, requestId: number): void {
    if (this.socket.destroyed) return;
    this.socket.write(encodeAnswer(answer, request, requestId, this.nextId++ & 0x7fff_ffff));
  }
}

/** Resolves when the client has read enough, or is gone. */
function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      socket.off('drain', done);
      socket.off('close', done);
      resolve();
    };
    socket.on('drain', done);
    socket.on('close', done);
    if (socket.destroyed) done();
  });
}
