import type { Random } from '@daybook/testing';
import * as http2 from 'node:http2';
import { connect, type Socket } from 'node:net';
import { mutatedFrame, type MutationKind } from './mutations.fixture';
import { seedMessages, type SeedMessage } from './seed-messages';

/** How calls ended, by their gRPC status or by what happened instead. */
export type Tally = Map<string, number>;

const add = (tally: Tally, key: string) => tally.set(key, (tally.get(key) ?? 0) + 1);
const answerMsMax = 15_000;
const openCallMs = 20;
const framesPerOpenCall = 8;

/** What was sent, and how it was answered. */
export interface Sent {
  readonly mutations: Map<MutationKind, number>;
  readonly endings: Tally;
  readonly connections: number;
  /** Calls that were not answered in time: path and frames, to send them again. */
  readonly hung: string[];
}

/** Sends mutated frames over ordinary calls; every call must end, and the connection live on. */
export async function sendMutatedFrames(
  port: number,
  frames: number,
  random: Random,
  inFlight: number,
): Promise<Sent> {
  const mutations = new Map<MutationKind, number>();
  const endings: Tally = new Map();
  const hung: string[] = [];
  let sent = 0;
  let connections = 0;
  let session: http2.ClientHttp2Session | undefined;
  const connected = () => {
    if (session && !session.closed && !session.destroyed) return session;
    connections++;
    session = http2.connect(`http://127.0.0.1:${port}`);
    session.on('error', () => undefined);
    session.setMaxListeners(0);
    return session;
  };
  const lane = async () => {
    while (sent < frames) {
      const seed = random.pick(seedMessages());
      const count = seed.staysOpen ? framesPerOpenCall : 1;
      sent += count;
      const parts = Array.from({ length: count }, () => mutatedFrame(seed.message, random));
      for (const { kind } of parts) mutations.set(kind, (mutations.get(kind) ?? 0) + 1);
      const bytes = parts.map((part) => part.bytes);
      const ending = await oneCall(connected(), seed, bytes, random);
      add(endings, ending);
      if (ending === 'HUNG') hung.push(`${seed.path} ${Buffer.concat(bytes).toString('hex')}`);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
  session?.destroy();
  return { mutations, endings, connections, hung };
}

/** One call with these frames, cut into pieces at random; resolves with how it ended. */
function oneCall(
  session: http2.ClientHttp2Session,
  seed: SeedMessage,
  frames: Buffer[],
  random: Random,
): Promise<string> {
  return new Promise((resolve) => {
    const call = session.request({
      ':method': 'POST',
      ':path': seed.path,
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    let status = 'no status';
    const patience = setTimeout(() => {
      status = 'HUNG';
      call.close(http2.constants.NGHTTP2_CANCEL);
    }, answerMsMax);
    call.on('trailers', (trailers) => (status = `status ${trailers['grpc-status']}`));
    call.on('response', (headers) => {
      if (headers['grpc-status'] !== undefined) status = `status ${headers['grpc-status']}`;
    });
    call.on('error', () => undefined);
    call.on('close', () => {
      clearTimeout(patience);
      resolve(status);
    });
    call.resume();
    for (const frame of frames) {
      const cut = random.below(frame.length);
      call.write(frame.subarray(0, cut));
      call.write(frame.subarray(cut));
    }
    if (!seed.staysOpen || random.chance(0.7)) call.end();
    if (seed.staysOpen) {
      setTimeout(() => {
        if (call.closed) return;
        status = 'left open, cancelled by us';
        call.close(http2.constants.NGHTTP2_CANCEL);
      }, openCallMs);
    }
  });
}

/** Opens calls and resets them at once, as fast as the connection takes them. */
export async function floodResets(port: number, calls: number): Promise<number> {
  let sent = 0;
  while (sent < calls) {
    const session = http2.connect(`http://127.0.0.1:${port}`);
    session.on('error', () => undefined);
    for (let i = 0; i < 200 && sent < calls && !session.destroyed; i++, sent++) {
      const call = session.request({
        ':method': 'POST',
        ':path': '/event_store.client.streams.Streams/BatchAppend',
        'content-type': 'application/grpc',
      });
      call.on('error', () => undefined);
      call.close(http2.constants.NGHTTP2_CANCEL);
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
    session.destroy();
  }
  return sent;
}

const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

/** Connections that speak broken HTTP/2, or something else: frames with wrong types and lengths. */
export async function sendBrokenFrames(port: number, frames: number, random: Random) {
  const perConnection = 25;
  let sent = 0;
  while (sent < frames) {
    const parts: Buffer[] = random.chance(0.9) ? [preface, http2Frame(4, 0, Buffer.alloc(0))] : [];
    for (let i = 0; i < perConnection; i++, sent++) {
      const payload = Buffer.from(
        Array.from({ length: random.below(64) }, () => random.below(256)),
      );
      const frame = http2Frame(random.below(12), random.below(5), payload);
      if (random.chance(0.3)) frame.writeUIntBE(random.below(1 << 24), 0, 3);
      parts.push(frame);
    }
    await sendRaw(port, Buffer.concat(parts));
  }
  return sent;
}

function http2Frame(type: number, stream: number, payload: Buffer): Buffer {
  const frame = Buffer.alloc(9 + payload.length);
  frame.writeUIntBE(payload.length, 0, 3);
  frame[3] = type;
  frame.writeUInt32BE(stream, 5);
  payload.copy(frame, 9);
  return frame;
}

function sendRaw(port: number, bytes: Buffer): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const done = () => (socket.destroy(), resolve());
    socket.on('error', done);
    socket.on('close', () => resolve());
    socket.resume();
    socket.write(bytes, () => setTimeout(done, 2));
  });
}

/** Connections that say nothing; they stay until the returned function is called. */
export async function openIdleConnections(port: number, count: number): Promise<() => void> {
  const sockets: Socket[] = [];
  for (let i = 0; i < count; i++) {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    sockets.push(socket);
    if (i % 100 === 99) await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return () => sockets.forEach((socket) => socket.destroy());
}

/** Readers of everything who never take an answer from their sockets. */
export function openSlowReaders(port: number, count: number): () => void {
  const message = seedMessages().filter(({ path }) => path.endsWith('Streams/Read'))[2]?.message;
  if (!message) throw new Error('there is no subscription among the seeds');
  const sessions = Array.from({ length: count }, () => {
    const session = http2.connect(`http://127.0.0.1:${port}`);
    session.on('error', () => undefined);
    const call = session.request({
      ':method': 'POST',
      ':path': '/event_store.client.streams.Streams/Read',
      'content-type': 'application/grpc',
    });
    call.on('error', () => undefined);
    call.pause();
    const header = Buffer.alloc(5);
    header.writeUInt32BE(message.length, 1);
    call.end(Buffer.concat([header, message]));
    return session;
  });
  return () => sessions.forEach((session) => session.destroy());
}
