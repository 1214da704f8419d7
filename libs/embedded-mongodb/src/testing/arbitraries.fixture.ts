import fc from 'fast-check';
import {
  Binary,
  BsonDate,
  BsonRegex,
  BsonSymbol,
  BSON_UNDEFINED,
  Code,
  Double,
  type Doc,
  MAX_KEY,
  MIN_KEY,
  ObjectId,
  Timestamp,
  type Value,
} from '../bson/values';
import { decimalOf } from '../numbers/decimal';

const decimal = fc
  .tuple(fc.boolean(), fc.bigInt(0n, 10n ** 34n - 1n), fc.integer({ min: -6176, max: 6111 }))
  .map(([negative, coefficient, exponent]) =>
    decimalOf({ kind: 'finite', negative, coefficient, exponent }),
  );
const smallDecimal = fc
  .tuple(fc.boolean(), fc.bigInt(0n, 10_000n), fc.integer({ min: -3, max: 20 }))
  .map(([negative, coefficient, exponent]) =>
    decimalOf({ kind: 'finite', negative, coefficient, exponent }),
  );

/** Numbers of every width, many of them equal or next to each other. */
export const anyNumber: fc.Arbitrary<Value> = fc.oneof(
  fc.integer({ min: -3, max: 3 }),
  fc.integer(),
  fc.bigInt(-(1n << 63n), (1n << 63n) - 1n),
  fc.integer({ min: -5, max: 5 }).map((n) => (1n << 53n) + BigInt(n)),
  fc.integer({ min: -5, max: 5 }).map((n) => new Double(2 ** 53 + n)),
  fc.double().map((n) => new Double(n)),
  fc.integer({ min: -20, max: 20 }).map((n) => new Double(n / 4)),
  decimal,
  smallDecimal,
);

const text = fc.oneof(
  fc.constantFrom('', 'a', 'a\0', 'a\0b', 'aa', 'b', '\ud83d\ude00', '\uffee'),
  fc.string({ maxLength: 6, unit: 'binary' }),
);

const scalar: fc.Arbitrary<Value> = fc.oneof(
  { weight: 4, arbitrary: anyNumber },
  { weight: 3, arbitrary: text },
  fc.constantFrom<Value>(null, true, false, MIN_KEY, MAX_KEY, BSON_UNDEFINED),
  fc.uint8Array({ minLength: 12, maxLength: 12 }).map((b) => new ObjectId(Buffer.from(b))),
  fc
    .tuple(fc.uint8Array({ maxLength: 4 }), fc.integer({ min: 0, max: 5 }))
    .map(([bytes, subtype]) => new Binary(Buffer.from(bytes), subtype)),
  fc.bigInt(-(1n << 63n), (1n << 63n) - 1n).map((ms) => new BsonDate(ms)),
  fc.bigInt(0n, (1n << 64n) - 1n).map((bits) => new Timestamp(bits)),
  fc.constantFrom('a', 'b', 'ab').map((pattern) => new BsonRegex(pattern, 'i')),
  fc.constantFrom('a', 'b').map((code) => new Code(code)),
  fc.constantFrom('a', 'b').map((symbol) => new BsonSymbol(symbol)),
);

/** Any value, nested documents and arrays included. */
export const anyValue: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc
      .array(fc.tuple(fc.constantFrom('a', 'b', '1', '0'), tie('value')), { maxLength: 3 })
      .map((fields): Doc => new Map(fields)),
  ),
})).value;
