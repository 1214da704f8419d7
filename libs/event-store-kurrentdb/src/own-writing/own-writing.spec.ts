import {
  AppendRecordsRequest,
  AppendRecordsResponse,
  SchemaFormat,
} from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v2/streams/streams_pb';
import type { NewRecord, StreamCheck } from '@daybook/event-store';
import fc from 'fast-check';
import { encodeAppend } from './append-request';
import { positionIn } from './append-response';
import { MalformedMessage } from '../wire/proto-cursor';

const text = fc.string({ unit: 'binary', maxLength: 200 });
const name = fc.string({ unit: 'binary', minLength: 1, maxLength: 100 });

/** The vendor's maps are plain objects: what they read under this name, they lose. */
const LOST_BY_THE_VENDOR = '__proto__';

const record: fc.Arbitrary<NewRecord> = fc.record({
  stream: name,
  id: fc.uuid(),
  type: name,
  json: fc.json({ maxDepth: 3 }),
  metadata: fc.dictionary(
    name.filter((key) => key !== LOST_BY_THE_VENDOR),
    text,
    { maxKeys: 5, noNullPrototype: true },
  ),
});

const check: fc.Arbitrary<StreamCheck> = fc.record({
  stream: name,
  expected: fc.oneof(fc.constant('no-stream' as const), fc.maxSafeNat()),
});

/** What the vendor's classes find in the bytes. */
function readByTheVendor(bytes: Buffer) {
  const request = AppendRecordsRequest.deserializeBinary(new Uint8Array(bytes));
  return {
    records: request.getRecordsList().map((each) => ({
      stream: each.getStream(),
      id: each.getRecordId(),
      type: each.getSchema()?.getName(),
      format: each.getSchema()?.getFormat(),
      json: Buffer.from(each.getData_asU8()).toString(),
      metadata: Object.fromEntries(
        each
          .getPropertiesMap()
          .toArray()
          .map(([key]) => [key, each.getPropertiesMap().get(key)?.getStringValue()]),
      ),
    })),
    checks: request.getChecksList().map((each) => ({
      stream: each.getStreamState()?.getStream(),
      expected: each.getStreamState()?.getExpectedState(),
    })),
  };
}

const format = SchemaFormat.SCHEMA_FORMAT_JSON;
describe('an encoded append', () => {
  it('holds all records and checks in order, as the vendor reads them', () => {
    const records = fc.array(record, { maxLength: 20 });
    const checks = fc.array(check, { maxLength: 20 });
    fc.assert(
      fc.property(records, checks, (someRecords, someChecks) => {
        expect(readByTheVendor(encodeAppend(someRecords, someChecks))).toEqual({
          records: someRecords.map((each) => ({ ...each, format })),
          checks: someChecks.map(({ stream, expected }) => ({
            stream,
            expected: expected === 'no-stream' ? '-1' : String(expected),
          })),
        });
      }),
      { numRuns: 300 },
    );
  });

  it('holds a property that the vendor cannot read, as any other of its length', () => {
    const bytesWith = (key: string) => {
      const metadata = Object.fromEntries([[key, 'value']]);
      return encodeAppend([{ stream: 's', id: 'i', type: 't', json: '{}', metadata }], []);
    };
    const other = '__other__';
    const bytes = bytesWith(LOST_BY_THE_VENDOR);
    expect(bytes.toString('latin1').replace(LOST_BY_THE_VENDOR, other)).toBe(
      bytesWith(other).toString('latin1'),
    );
    expect(readByTheVendor(bytesWith(other)).records[0]?.metadata).toEqual({ [other]: 'value' });
    expect(Object.keys(readByTheVendor(bytes).records[0]?.metadata ?? {})).toEqual([]);
  });

  it('is as long as it must be, and the next one is not mixed with it', () => {
    const large = {
      stream: 'a',
      id: 'i',
      type: 't',
      json: `"${'ž'.repeat(300_000)}"`,
      metadata: {},
    };
    const small = { ...large, json: '1' };
    const first = encodeAppend([large, small], []);
    const second = encodeAppend([small], []);
    expect(readByTheVendor(first).records.map(({ json }) => json)).toEqual([large.json, '1']);
    expect(readByTheVendor(second).records.map(({ json }) => json)).toEqual(['1']);
  });
});

describe('the answer to an append', () => {
  const answer = (position: string, streams = 0): Buffer => {
    const response = new AppendRecordsResponse();
    for (let n = 0; n < streams; n += 1) response.addRevisions().setStream(`s-${n}`);
    response.setPosition(position);
    return Buffer.from(response.serializeBinary());
  };

  it('gives its position whatever else is in it', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }), fc.nat(5), (position, streams) => {
        expect(positionIn(answer(String(position), streams))).toBe(position);
      }),
    );
  });

  it('is refused when it is cut off, has none, or is no message', () => {
    const whole = answer('123456', 2);
    for (let length = 0; length < whole.length; length += 1) {
      expect(() => positionIn(whole.subarray(0, length))).toThrow(MalformedMessage);
    }
    expect(() => positionIn(Buffer.from([0x13]))).toThrow(MalformedMessage);
    expect(() => positionIn(Buffer.alloc(12, 0xff))).toThrow(MalformedMessage);
  });
});
