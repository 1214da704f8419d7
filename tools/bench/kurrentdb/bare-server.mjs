// A server on bare node:http2 that decodes each request and answers at once without storing anything:
// what the client and the transport allow on this machine. Prints its port.
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http2';
import { body as eventBody, loadedEvents } from './load.mjs';
import { bytes, eachField, frameReader, framed, message, number, zigzag } from './protobuf.mjs';

const streams = '/event_store.client.streams.Streams';
const messagesPerWrite = 64;
let position = 1;

const data = JSON.stringify(eventBody);
const event = (n) => {
  const entry = (key, value) => message(6, bytes(1, key), bytes(2, value));
  const recorded = [
    message(1, bytes(2, randomUUID())),
    message(2, bytes(3, `load-${n % 20}`)),
    number(3, Math.floor(n / 20)),
    number(4, n * 300),
    number(5, n * 300),
    entry('type', 'benched'),
    entry('content-type', 'application/json'),
    entry('created', '17000000000000000'),
    bytes(7, '{"$schema.name":"benched","$schema.format":"Json"}'),
    bytes(8, data),
  ];
  return framed(message(1, message(1, ...recorded), number(3, n * 300)));
};
const packs = [];
for (let n = 0; n < loadedEvents; n += messagesPerWrite) {
  const count = Math.min(messagesPerWrite, loadedEvents - n);
  packs.push(Buffer.concat(Array.from({ length: count }, (_, i) => event(n + i))));
}
const tenEvents = Buffer.concat(Array.from({ length: 10 }, (_, i) => event(i)));
const confirmation = framed(message(2, bytes(1, randomUUID())));
const noFields = framed();

const features = framed(
  ...[
    ['event_store.client.streams.streams', 'read', ['position', 'events']],
    ['event_store.client.streams.streams', 'batchappend', ['deadline_duration']],
    ['kurrentdb.protocol.v2.streams.streamsservice', 'appendrecords', []],
    ['kurrentdb.protocol.v2.streams.streamsservice', 'appendsession', []],
  ].map(([service, method, names]) =>
    message(1, bytes(1, method), bytes(2, service), ...names.map((name) => bytes(3, name))),
  ),
  bytes(2, '26.2.0'),
);

/** Reads every field of every record, as a server must before it can store them. */
function answerRecords(body) {
  const revisions = new Map();
  let checks = 0;
  eachField(body, (field, value) => {
    if (field === 2) checks++;
    if (field !== 1) return;
    let stream;
    eachField(value, (recordField, content) => {
      if (recordField === 5) stream = content.latin1Slice();
    });
    revisions.set(stream, (revisions.get(stream) ?? -1) + 1);
  });
  position += revisions.size + checks;
  const answers = [...revisions].map(([stream, revision]) =>
    message(1, bytes(1, stream), zigzag(2, revision)),
  );
  return framed(...answers, zigzag(2, position));
}

function answerBatch(body) {
  let correlation = Buffer.alloc(0);
  let stream = Buffer.alloc(0);
  let events = 0;
  eachField(body, (field, value) => {
    if (field === 1) correlation = value;
    if (field === 2) eachField(value, (option, content) => option === 1 && (stream = content));
    if (field === 3) events++;
  });
  position++;
  const success = message(
    3,
    number(1, events - 1),
    message(3, number(1, position), number(2, position)),
  );
  return framed(bytes(1, correlation), success, bytes(4, stream));
}

/** What a read asks for: ten events, all of them, or all of them and then to stay. */
function readKind(body) {
  let count;
  let subscription = false;
  eachField(body, (_field, options) =>
    eachField(options, (field, value) => {
      if (field === 5) count = value;
      if (field === 6) subscription = true;
    }),
  );
  return subscription ? 'subscription' : count <= 10 ? 'few' : 'all';
}

async function writeAll(stream) {
  let wake = () => undefined;
  stream.on('drain', () => wake()).on('close', () => wake());
  for (const pack of packs) {
    if (stream.destroyed) return;
    if (!stream.write(pack)) await new Promise((resolve) => (wake = resolve));
  }
}

async function read(stream, body) {
  const kind = readKind(body);
  if (kind === 'few') return stream.end(tenEvents);
  if (kind === 'subscription') stream.write(confirmation);
  await writeAll(stream);
  if (kind === 'all' && !stream.destroyed) stream.end();
}

const unary = {
  '/event_store.client.server_features.ServerFeatures/GetSupportedMethods': () => features,
  '/kurrentdb.protocol.v2.streams.StreamsService/AppendRecords': answerRecords,
};

function serve(stream, headers) {
  const path = headers[':path'];
  const cut = frameReader();
  stream.on('error', () => {});
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
  stream.on('data', (chunk) => {
    for (const body of cut(chunk)) {
      if (path === `${streams}/BatchAppend`) stream.write(answerBatch(body));
      else if (path === `${streams}/Read`) void read(stream, body);
      else stream.end(unary[path]?.(body) ?? noFields);
    }
  });
  stream.on('end', () => path === `${streams}/BatchAppend` && stream.end());
}

const server = createServer({ settings: { initialWindowSize: 1024 * 1024 } });
server.on('stream', serve);
server.on('connection', (socket) => socket.setNoDelay(true));
server.listen(0, '127.0.0.1', () => console.log(`listening on ${server.address().port}`));
