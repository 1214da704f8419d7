import fc from 'fast-check';
import { BSON, Decimal128, type Document } from 'mongodb';
import { BsonWriter } from './bson-writer';

/** As the driver writes it for a connection that ignores undefined fields. */
const byDriver = (document: Document): Buffer =>
  Buffer.from(BSON.serialize(document, { ignoreUndefined: true }));

function written(...documents: readonly Document[]): Buffer {
  const writer = new BsonWriter();
  for (const document of documents) writer.document(document);
  return writer.take();
}

const name = fc.oneof(
  fc.constantFrom('_id', 'position', 'balanceAfter', '', '0', 'č', 'constructor'),
  fc.string({ unit: 'grapheme', maxLength: 12 }).filter((text) => !text.includes('\0')),
);
const scalar = fc.oneof(
  fc.constantFrom(null, undefined, true, false, 0, -0, -1, 2 ** 31 - 1, 2 ** 31, -(2 ** 31), 1.5),
  fc.constantFrom(-(2 ** 31) - 1, 2 ** 53, NaN, Infinity, 0n, -1n, 2n ** 63n - 1n, -(2n ** 63n)),
  fc.constantFrom(2n ** 32n, -(2n ** 32n), 2n ** 53n, 2n ** 53n + 1n, -(2n ** 53n) - 1n),
  fc.integer(),
  fc.double(),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.date({ noInvalidDate: true }),
  fc.string({ unit: 'grapheme', maxLength: 300 }),
  fc.string({ maxLength: 300 }),
  fc.bigInt({ min: -(10n ** 33n), max: 10n ** 33n }).map((n) => Decimal128.fromString(`${n}`)),
);
const { document } = fc.letrec<{ value: unknown; document: Document }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    { arbitrary: scalar, weight: 8 },
    fc.array(tie('value'), { maxLength: 12 }),
    tie('document'),
  ),
  document: fc.dictionary(name, tie('value'), { maxKeys: 12 }),
}));

it('writes the bytes that the driver writes', () => {
  fc.assert(
    fc.property(document, (one) => {
      expect(written(one).equals(byDriver(one))).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

it('writes documents one after the other, larger ones than it began with too', () => {
  const large = { _id: 'large', texts: Array.from({ length: 400 }, (_, n) => 'é'.repeat(n)) };
  const writer = new BsonWriter();
  writer.document({ _id: 1 });
  writer.document(large);
  const both = Buffer.concat([byDriver({ _id: 1 }), byDriver(large)]);
  expect(writer.length).toBe(both.length);
  expect(writer.take().equals(both)).toBe(true);
  expect(writer.length).toBe(0);
});

it('leaves alone what it gave away', () => {
  const writer = new BsonWriter();
  writer.document({ _id: 'first' });
  const first = writer.take();
  writer.document({ _id: 'later' });
  expect(first.equals(byDriver({ _id: 'first' }))).toBe(true);
});

it.each([
  ['a number beyond 64 bits', { sum: 2n ** 63n }],
  ['a number below 64 bits', { sum: -(2n ** 63n) - 1n }],
  ['a time that is none', { at: new Date(NaN) }],
  ['a field with a zero in its name', { 'a\0b': 1 }],
  ['a function', { f: () => 1 }],
  ['a value of a class that views do not know', { m: new Map() }],
  [
    'more bytes than a server takes',
    { text: 'x'.repeat(17_000_000), more: 'y'.repeat(17_000_000) },
  ],
])('refuses %s', (_what, refused) => {
  expect(() => written(refused)).toThrow();
});
