import { randomUUID } from 'node:crypto';
import type { ClientHttp2Stream } from 'node:http2';
import { frame } from '../grpc/framing';
import { ProtoWriter } from '../protobuf/writer';
import { appendPath, bareCall } from './bare-call.fixture';
import { numbered, RunningServer, shown } from './running-server.fixture';

const batchPath = '/event_store.client.streams.Streams/BatchAppend';
const mib = 1024 * 1024;
const payload = Buffer.alloc(mib, 7);

let running: RunningServer;
beforeEach(async () => {
  running = new RunningServer();
  await running.start();
});
afterEach(() => running.end());

const event = (writer: ProtoWriter, data: Buffer) =>
  void writer
    .message(1, (id) => id.string(2, randomUUID()))
    .message(2, (entry) => entry.string(1, 'type').string(2, 'filler'))
    .message(2, (entry) => entry.string(1, 'content-type').string(2, 'application/octet-stream'))
    .bytes(4, data);

const target = (writer: ProtoWriter, stream: string) =>
  void writer.message(1, (id) => id.string(3, stream)).message(4, () => undefined);

/** One message of an append in several. */
function part(correlation: string, stream: string | undefined, data: Buffer[], final: boolean) {
  const writer = new ProtoWriter().message(1, (id) => id.string(2, correlation));
  if (stream) writer.message(2, (options) => target(options, stream));
  for (const bytes of data) writer.message(3, (proposed) => event(proposed, bytes));
  return frame(writer.uint64(4, final ? 1 : 0).finish());
}

const written = (call: ClientHttp2Stream, message: Buffer) =>
  new Promise((resolve) => call.write(message, resolve));

test('appends that come in turns on one call do not wait for each other for ever', async () => {
  const { call, session, status } = bareCall(running.server.port, batchPath);
  const ids = [randomUUID(), randomUUID()];
  // Together more than one call may have in flight, and neither is whole before both are.
  for (let n = 0; n < 36; n++) {
    for (const [i, id] of ids.entries()) {
      await written(call, part(id, n === 0 ? `turn-${i}` : undefined, [payload], false));
    }
  }
  for (const id of ids) await written(call, part(id, undefined, [], true));
  call.end();
  expect(await status).toBe(0);
  session.destroy();
  const last = { direction: 'backwards', fromRevision: 'end', maxCount: 1 } as const;
  for (const stream of ['turn-0', 'turn-1']) {
    const [newest] = await shown(running.client.readStream(stream, last));
    expect(newest).toBe(`${stream}@35:`);
  }
}, 30_000);

test('appends without an end hold no more than a bound together', async () => {
  const calls = Array.from({ length: 6 }, () => bareCall(running.server.port, appendPath));
  const ended = calls.map(({ status }) => status);
  const options = new ProtoWriter().message(1, (o) => target(o, 'never'));
  const proposed = new ProtoWriter().message(2, (proposal) => event(proposal, payload));
  const message = frame(proposed.finish());
  for (const { call } of calls) call.write(frame(options.finish()));
  for (let n = 0; n < 40; n++) {
    for (const { call } of calls) if (!call.destroyed && !call.closed) call.write(message);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  // 240 MB in all: some are refused, RESOURCE_EXHAUSTED.
  expect(await Promise.race(ended)).toBe(8);
  for (const { session } of calls) session.destroy();
  await running.client.appendToStream('after', numbered(1));
  expect(await shown(running.client.readStream('after'))).toEqual(['after@0:1']);
}, 30_000);

test('an event without any bytes is not held for nothing', async () => {
  const { call, session, status } = bareCall(running.server.port, appendPath);
  const options = new ProtoWriter().message(1, (o) => target(o, 'empty'));
  const empty = new ProtoWriter().message(2, (proposed) =>
    proposed
      .message(2, (entry) => entry.string(1, 'type').string(2, ''))
      .message(2, (entry) => entry.string(1, 'content-type').string(2, '')),
  );
  const many = Buffer.concat(Array<Buffer>(20_000).fill(frame(empty.finish())));
  call.write(frame(options.finish()));
  let over = false;
  void status.then(() => (over = true));
  for (let n = 0; n < 60 && !over; n++) await Promise.race([written(call, many), status]);
  expect(await status).toBe(8);
  session.destroy();
}, 30_000);
