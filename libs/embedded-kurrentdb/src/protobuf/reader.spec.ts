import fc from 'fast-check';
import { MalformedMessageError } from './malformed-message';
import { ProtoReader } from './reader';
import { latin1FieldBytes, ProtoWriter, sint64FieldBytes } from './writer';

describe('signed numbers', () => {
  test('are read as they were written, over all that a number holds', () => {
    const edge = fc.constantFrom(
      0,
      -1,
      1,
      2 ** 31,
      -(2 ** 31),
      2 ** 52,
      2 ** 53,
      -(2 ** 53),
      2 ** 60,
    );
    fc.assert(
      fc.property(fc.oneof(edge, fc.maxSafeInteger()), (value) => {
        const bytes = new ProtoWriter().sint64(1, value).finish();
        if (Math.abs(value) <= 2 ** 52) expect(bytes).toHaveLength(sint64FieldBytes(value));
        const reader = new ProtoReader(bytes);
        expect(reader.next()).toBe(true);
        expect(reader.sint64()).toBe(value);
      }),
    );
  });
});

describe('a nested message', () => {
  const nested = (depth: number): Buffer => {
    let message = new ProtoWriter().uint64(1, 7).finish();
    for (let i = 0; i < depth; i++) message = new ProtoWriter().bytes(2, message).finish();
    return message;
  };

  test('is entered and left', () => {
    const bytes = new ProtoWriter()
      .begin(3, latin1FieldBytes('né') + 2)
      .latin1(1, 'né')
      .uint64(2, 5)
      .uint64(4, 6)
      .finish();
    const reader = new ProtoReader(bytes);
    expect(reader.at(3)).toBe(true);
    const outer = reader.enter();
    expect(reader.at(1) && reader.latin1()).toBe('né');
    expect(reader.at(2) && reader.uint64()).toBe(5);
    expect(reader.next()).toBe(false);
    reader.leave(outer);
    expect(reader.at(4) && reader.uint64()).toBe(6);
    expect(reader.next()).toBe(false);
  });

  test('may not be longer than what it is in', () => {
    const reader = new ProtoReader(Buffer.from([0x0a, 4, 0x0a, 9, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]));
    reader.next();
    reader.enter();
    reader.next();
    expect(() => reader.enter()).toThrow(MalformedMessageError);
  });

  test('may not be nested too deeply', () => {
    const enterAll = (bytes: Buffer): void => {
      const reader = new ProtoReader(bytes);
      while (reader.next() && reader.field === 2) reader.enter();
    };
    expect(() => enterAll(nested(30))).not.toThrow();
    expect(() => enterAll(nested(40))).toThrow('nested too deeply');
  });
});
