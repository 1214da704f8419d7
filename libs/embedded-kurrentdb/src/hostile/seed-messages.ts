import { randomUUID } from 'node:crypto';
import { ProtoWriter } from '../protobuf/writer';

/** A well-formed request of some method, to be mutated. */
export interface SeedMessage {
  readonly path: string;
  readonly message: Buffer;
  /** The call stays open by itself when the message is valid. */
  readonly staysOpen: boolean;
}

type Build = (writer: ProtoWriter) => unknown;
const message = (build: Build): Buffer => {
  const writer = new ProtoWriter();
  build(writer);
  return writer.finish();
};
const stream = (name: string) => (w: ProtoWriter) => void w.string(3, name);
const uuid = (w: ProtoWriter) => void w.string(2, randomUUID());
const nothing = () => undefined;

const streams = '/event_store.client.streams.Streams';
const records = '/kurrentdb.protocol.v2.streams.StreamsService';
const projections = '/event_store.client.projections.Projections';
const groups = '/event_store.client.persistent_subscriptions.PersistentSubscriptions';

/** Requests of every method that takes one, with every kind of field. */
export function seedMessages(): SeedMessage[] {
  const unary = (path: string, build: Build) => ({
    path,
    message: message(build),
    staysOpen: false,
  });
  const open = (path: string, build: Build) => ({ path, message: message(build), staysOpen: true });
  return [
    unary(`${streams}/Append`, (w) =>
      w.message(1, (o) => void o.message(1, stream('fuzz')).message(5, nothing)),
    ),
    open(`${streams}/BatchAppend`, batchAppend),
    unary(`${streams}/Delete`, (w) =>
      w.message(1, (o) => void o.message(1, stream('fuzz-deleted')).message(4, nothing)),
    ),
    unary(`${streams}/Tombstone`, (w) =>
      w.message(1, (o) => void o.message(1, stream('fuzz-gone')).uint64(2, 7)),
    ),
    unary(`${streams}/Read`, readStream),
    unary(`${streams}/Read`, readAll),
    open(`${streams}/Read`, subscribe),
    unary(`${records}/AppendRecords`, appendRecords),
    open(`${records}/AppendSession`, appendRecords),
    unary(`${groups}/Create`, createGroup),
    unary(`${groups}/GetInfo`, (w) =>
      w.message(1, (o) => void o.message(1, stream('fuzz')).string(3, 'g')),
    ),
    unary(`${groups}/Delete`, (w) =>
      w.message(1, (o) => void o.message(1, stream('fuzz')).string(2, 'g')),
    ),
    unary(`${groups}/ReplayParked`, (w) =>
      w.message(1, (o) => void o.string(1, 'g').message(2, stream('fuzz')).uint64(4, 5)),
    ),
    unary(`${projections}/Enable`, (w) => w.message(1, (o) => void o.string(1, '$by_category'))),
    unary(`${projections}/Disable`, (w) => w.message(1, (o) => void o.string(1, '$by_category'))),
    unary(`${groups}/List`, (w) => w.message(1, (o) => void o.message(1, nothing))),
    open(`${groups}/Read`, (w) =>
      w.message(1, (o) => void o.message(1, stream('fuzz')).string(2, 'g').uint64(3, 10)),
    ),
    unary('/event_store.client.server_features.ServerFeatures/GetSupportedMethods', nothing),
    unary('/event_store.client.gossip.Gossip/Read', nothing),
    unary('/no.such.Service/Method', (w) => w.string(1, 'x')),
  ];
}

function proposed(w: ProtoWriter): void {
  const entry = (key: string, value: string) => (m: ProtoWriter) =>
    void m.string(1, key).string(2, value);
  w.message(1, uuid)
    .message(2, entry('type', 'fuzzed'))
    .message(2, entry('content-type', 'application/json'))
    .bytes(3, Buffer.from('{"m":1}'))
    .bytes(4, Buffer.from('{"n":1}'));
}

function batchAppend(w: ProtoWriter): void {
  w.message(1, uuid)
    .message(2, (o) => void o.message(1, stream('fuzz-batch')).message(4, nothing))
    .message(3, proposed)
    .message(3, proposed)
    .bool(4, true);
}

function readStream(w: ProtoWriter): void {
  w.message(1, (o) => {
    o.message(1, (s) => void s.message(1, stream('fuzz-batch')).message(3, nothing))
      .uint64(3, 0)
      .bool(4, true)
      .uint64(5, 10)
      .message(8, nothing)
      .message(9, (u) => void u.message(2, nothing));
  });
}

function filter(w: ProtoWriter): void {
  w.message(1, (e) => void e.string(1, '^fuzz').string(2, 'fuzz'))
    .uint64(3, 32)
    .uint64(5, 1);
}

function readAll(w: ProtoWriter): void {
  w.message(1, (o) => {
    o.message(2, (a) => void a.message(1, (p) => void p.uint64(1, 0).uint64(2, 0)))
      .uint64(5, 20)
      .message(7, filter)
      .message(9, (u) => void u.message(2, nothing));
  });
}

function subscribe(w: ProtoWriter): void {
  w.message(1, (o) => {
    o.message(2, (a) => void a.message(2, nothing))
      .message(6, nothing)
      .message(7, filter)
      .message(9, (u) => void u.message(2, nothing))
      .message(10, (c) => void c.uint64(1, 1));
  });
}

function appendRecords(w: ProtoWriter): void {
  const property = (m: ProtoWriter) =>
    void m.string(1, 'key').message(2, (v) => v.string(3, 'value'));
  w.message(1, (r) => {
    r.string(1, randomUUID())
      .message(2, property)
      .message(3, (s) => void s.uint64(1, 1).string(2, 'fuzzed'))
      .bytes(4, Buffer.from('{"n":1}'))
      .string(5, 'fuzz-records');
  }).message(2, (c) => c.message(1, (s) => void s.string(1, 'fuzz-none').sint64(2, -1)));
}

function createGroup(w: ProtoWriter): void {
  w.message(1, (o) => {
    o.message(4, (s) => void s.message(1, stream('fuzz')).message(3, nothing))
      .string(2, 'g')
      .message(3, (s) => {
        for (const field of [5, 7, 8, 9, 10, 12, 14, 15]) s.uint64(field, 10 + field);
        s.uint64(11, 5).uint64(13, 1);
      });
  });
}
