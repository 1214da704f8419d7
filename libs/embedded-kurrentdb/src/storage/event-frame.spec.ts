import fc from 'fast-check';
import { ProtoReader } from '../protobuf/reader';
import { encodeFrame, EventFlag, frameBytesMax, kindOf } from './event-frame';
import { decodeRecordedEvent } from './recorded-event';

const id = 'df855ebb-a10d-488a-a305-df53bd1c3e4a';

function framed(parts: { name: string; type: string; data: string; metadata: string }, at = {}) {
  const event = {
    id,
    type: Buffer.from(parts.type),
    contentType: 'application/json',
    metadata: Buffer.from(parts.metadata),
    data: Buffer.from(parts.data),
  };
  const given = {
    stream: parts.name,
    streamNumber: 1,
    revision: 0,
    position: 1_754,
    created: { ms: 1_764_059_477_229, tick: 7 },
    flags: EventFlag.Json,
    logBytes: 0,
    ...at,
  };
  const kind = kindOf(event);
  const bytesMax = frameBytesMax(event, kind, given);
  const target = Buffer.alloc(bytesMax + 10);
  const found = { ...encodeFrame(target, 10, event, kind, given) };
  expect(found.end - 10).toBeLessThanOrEqual(bytesMax);
  return { bytes: target.subarray(10, found.end), found, target };
}

/** The fields of `ReadResp { ReadEvent { RecordedEvent } }`'s innermost message. */
function recordIn(frame: Buffer): Buffer {
  expect(frame.readUInt32BE(1)).toBe(frame.length - 5);
  const response = new ProtoReader(frame.subarray(5));
  expect(response.at(1)).toBe(true);
  const event = response.message();
  expect(event.at(1)).toBe(true);
  const record = event.bytes();
  expect(event.at(3)).toBe(true);
  event.uint64();
  expect(event.next() || response.next()).toBe(false);
  return record;
}

test('a frame holds what was proposed, at every length of its parts', () => {
  const text = fc.nat(300).map((length) => 'x'.repeat(length));
  const number = fc.oneof(fc.nat(300), fc.integer({ min: 0, max: 2 ** 47 }));
  fc.assert(
    fc.property(
      text,
      text,
      text,
      text,
      number,
      number,
      (name, type, data, metadata, revision, position) => {
        const { bytes, found, target } = framed(
          { name, type, data, metadata },
          { revision, position },
        );
        const record = recordIn(bytes);
        expect(decodeRecordedEvent(record)).toEqual({
          id,
          streamName: name,
          type,
          contentType: 'application/json',
          data: Buffer.from(data),
          metadata: Buffer.from(metadata),
        });
        expect(target.toString('latin1', found.name, found.name + name.length)).toBe(name);
        expect(target.toString('latin1', found.type, found.type + type.length)).toBe(type);
        expect(target.indexOf(record)).toBe(found.record);
      },
    ),
  );
});

test('the time of creation is in ticks of 100 ns, all of their digits', () => {
  const { bytes } = framed({ name: 's', type: 't', data: '', metadata: '' });
  expect(bytes.includes('17640594772290007')).toBe(true);
});
