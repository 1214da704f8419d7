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
  OP_MSG,
  OP_QUERY,
  parseMessage,
  parseQuery,
  readHeader,
  type Request,
} from './message';

const WAITING_BYTES_MAX = 1024 * 1024;

/** One client: reads its messages one after the other and answers each before the next. */
export class Connection {
  private chunks: Buffer[] = [];
  private buffered = 0;
  private busy = false;
  private nextId = 1;
  private drained: (() => void)[] = [];

  constructor(
    private readonly socket: Socket,
    private readonly info: ConnectionInfo,
    private readonly server: ServerState,
    private readonly onDefect: (error: unknown) => void,
  ) {
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.receive(chunk));
    socket.on('error', () => socket.destroy());
  }

  /** Resolves when the command that is running has been answered. */
  async finish(): Promise<void> {
    if (this.busy) await new Promise<void>((resolve) => this.drained.push(resolve));
    this.socket.end();
    this.socket.destroySoon();
  }

  private receive(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.buffered += chunk.length;
    if (!this.busy) void this.run();
    else if (this.buffered > WAITING_BYTES_MAX) this.socket.pause();
  }

  private async run(): Promise<void> {
    this.busy = true;
    try {
      let message: Buffer | undefined;
      while (!this.socket.destroyed && (message = this.nextMessage())) await this.handle(message);
    } catch (error) {
      if (!(error instanceof BsonError)) this.onDefect(error);
      this.socket.destroy();
    }
    this.busy = false;
    this.socket.resume();
    for (const done of this.drained.splice(0)) done();
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
    this.buffered -= length;
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
