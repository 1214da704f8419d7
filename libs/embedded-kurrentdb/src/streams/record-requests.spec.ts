import fc from 'fast-check';
import { ProtoWriter } from '../protobuf/writer';
import type { JsonValue } from '../protobuf/json-value';
import { decodeAppendRecords } from './record-requests';

const id = 'df855ebb-a10d-488a-a305-df53bd1c3e4a';

function valueBytes(value: JsonValue): Buffer {
  const writer = new ProtoWriter();
  if (typeof value === 'number') {
    const bytes = Buffer.from([0x11, 0, 0, 0, 0, 0, 0, 0, 0]);
    bytes.writeDoubleLE(value, 1);
    return bytes;
  }
  if (value === null) writer.uint64(1, 0);
  else if (typeof value === 'string') writer.string(3, value);
  else if (typeof value === 'boolean') writer.bool(4, value);
  else if (Array.isArray(value)) {
    writer.message(6, (list) => value.forEach((v) => list.bytes(1, valueBytes(v))));
  } else writer.message(5, (struct) => putEntries(struct, 1, Object.entries(value)));
  return writer.finish();
}

function putEntries(writer: ProtoWriter, field: number, entries: [string, JsonValue][]): void {
  for (const [key, value] of entries) {
    writer.message(field, (entry) => entry.string(1, key).bytes(2, valueBytes(value)));
  }
}

function decoded(properties: [string, JsonValue][], format = 1, name = 'Happened') {
  const message = new ProtoWriter().message(1, (record) => {
    record.string(1, id);
    putEntries(record, 2, properties);
    record
      .message(3, (schema) => schema.uint64(1, format).string(2, name))
      .string(4, '{"n":1}')
      .string(5, 'orders-1');
  });
  return decodeAppendRecords(message.finish()).records[0]!;
}

describe('a record', () => {
  test('is decoded with its stream, its type and its payload', () => {
    const { stream, event } = decoded([['actor', 'ann']]);
    expect(stream).toBe('orders-1');
    expect(event).toMatchObject({ id, contentType: 'application/json' });
    expect(event.type.toString()).toBe('Happened');
    expect(event.data.toString()).toBe('{"n":1}');
  });

  test.each<[string, [string, JsonValue][], string]>([
    ['none', [], ''],
    [
      'texts',
      [
        ['$correlationId', 'a b~'],
        ['actor', ''],
      ],
      '"$correlationId":"a b~","actor":"",',
    ],
    [
      'numbers',
      [
        ['a', 1],
        ['b', -0.5],
        ['c', 1e300],
        ['d', -0],
      ],
      '"a":1,"b":-0.5,"c":1e+300,"d":0,',
    ],
    [
      'no numbers',
      [
        ['a', NaN],
        ['b', Infinity],
      ],
      '"a":null,"b":null,',
    ],
    [
      'truth and null',
      [
        ['a', true],
        ['b', false],
        ['c', null],
      ],
      '"a":true,"b":false,"c":null,',
    ],
    ['escapes', [['a"', 'b\\\n']], '"a\\"":"b\\\\\\n",'],
    ['other scripts', [['é', '日本']], '"é":"日本",'],
    ['nested ones', [['a', { b: [1, 'x'] }]], '"a":{"b":[1,"x"]},'],
    [
      'a key twice',
      [
        ['a', 1],
        ['b', 2],
        ['a', 3],
      ],
      '"a":3,"b":2,',
    ],
    ['keys of prototypes', [['__proto__', 'x']], '"__proto__":"x",'],
  ])('keeps its properties: %s', (_, properties, json) => {
    const { event } = decoded(properties);
    expect(event.metadata.toString()).toBe(
      `{${json}"$schema.name":"Happened","$schema.format":"Json"}`,
    );
  });

  test('has its own schema, whatever its properties say', () => {
    const { event } = decoded(
      [
        ['$schema.name', 'Other'],
        ['a', 1],
      ],
      4,
    );
    expect(JSON.parse(event.metadata.toString())).toEqual({
      '$schema.name': 'Happened',
      a: 1,
      '$schema.format': 'Bytes',
    });
  });

  test('is refused without a schema or with one of no known format', () => {
    expect(() => decoded([], 1, '')).toThrow('a record has no schema name');
    expect(() => decoded([], 9)).toThrow('schema format 9 is none');
  });

  test('keeps any properties as JSON.stringify would', () => {
    const key = fc.oneof(fc.string({ maxLength: 6 }), fc.constantFrom('a', 'b', '1', '$schema.x'));
    const value = fc.oneof(
      { weight: 4, arbitrary: fc.oneof(fc.string(), fc.double(), fc.boolean(), fc.constant(null)) },
      { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<JsonValue> },
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(key, value), { maxLength: 20 }), (properties) => {
        const wellFormed = (text: string) => Buffer.from(text).toString();
        const expected = Object.fromEntries([
          ...properties.map(([k, v]) => [wellFormed(k), v] as const),
          ['$schema.name', 'Happened'] as const,
          ['$schema.format', 'Json'] as const,
        ]);
        expect(decoded(properties).event.metadata.toString()).toBe(
          Buffer.from(JSON.stringify(expected)).toString(),
        );
      }),
      { numRuns: 2_000 },
    );
  });

  test('is not changed by those decoded after it', () => {
    const first = decoded([['a', 'x'.repeat(1_000)]]).event.metadata;
    const before = first.toString();
    for (let i = 0; i < 200; i++) decoded([['b', 'y'.repeat(1_000)]]);
    expect(first.toString()).toBe(before);
  });
});
