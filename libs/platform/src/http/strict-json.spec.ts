import fc from 'fast-check';
import { ProblemError } from '../problem/problem';
import { readJson } from './strict-json';

const read = (text: string | Buffer) => readJson(Buffer.from(text as string), 'body');

const refusal = (text: string | Buffer): string => {
  try {
    read(text);
  } catch (error) {
    expect(error).toBeInstanceOf(ProblemError);
    expect((error as ProblemError).code).toBe('InvalidRequest');
    return (error as ProblemError).message;
  }
  throw new Error('it was taken');
};

it('reads any JSON as `JSON.parse` does', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 5 }), fc.constantFrom(undefined, 2), (text, indent) => {
      const exact = (_: string, value: unknown) =>
        typeof value === 'number' && !(Math.abs(value) <= Number.MAX_SAFE_INTEGER) ? 1 : value;
      const sent = JSON.stringify(JSON.parse(text, exact), undefined, indent);
      fc.pre(!/__proto__|constructor|\\ud/i.test(sent));
      expect(read(sent)).toEqual(JSON.parse(sent));
    }),
  );
});

it.each([
  ['in the body', '{"amount":"1","amount":"2"}'],
  ['with the same value', '{"amount":"1","amount":"1"}'],
  ['spelt with escapes', String.raw`{"amount":"1","\u0061mount":"2"}`],
  ['deep inside', '{"a":[{"b":{"c":1,"d":[],"c":1}}]}'],
  ['of numbers', '[{"1":0,"1":0}]'],
])('refuses a name given twice %s', (_, text) => {
  expect(refusal(text)).toBe('the body gives a name twice in one object');
});

it('takes the same name in different objects, and text that looks like members', () => {
  const text = String.raw`{"a":{"a":1},"b":[{"a":1},{"a":2}],"c":"\"a\":1,\"a\":2","d\\":":"}`;
  expect(read(text)).toEqual(JSON.parse(text));
});

it('refuses half a character, in a name too, and takes a whole one', () => {
  expect(refusal(String.raw`{"reference":"\ud83d"}`)).toContain('half a character');
  expect(refusal(String.raw`{"a":{"\udc00":1}}`)).toContain('half a character');
  expect(refusal(String.raw`["\udc00\ud83d"]`)).toContain('half a character');
  expect(read(String.raw`{"reference":"\ud83d\ude00 😀"}`)).toEqual({ reference: '😀 😀' });
});

it('refuses what is no UTF-8, no JSON, or a prototype', () => {
  expect(refusal(Buffer.from([0x22, 0xff, 0x22]))).toBe('the body is not UTF-8');
  expect(refusal('{"a":1')).toBe('the body is not valid JSON');
  expect(refusal('{"a":{"__proto__":1}}')).toContain('not allowed');
  expect(refusal(String.raw`{"\u005f_proto__":1}`)).toContain('not allowed');
  expect(refusal('{"constructor":{"prototype":{}}}')).toContain('not allowed');
  expect(read('{"constructor":"of bridges"}')).toEqual({ constructor: 'of bridges' });
});

it.each(['9007199254740993', '-9007199254740992', '1e300', '1e400', '9007199254740993.5'])(
  'refuses %s, which would be rounded',
  (number) => {
    expect(refusal(`{"metadata":{"order":${number}}}`)).toMatch(/send it as a string$/);
    expect(refusal(`[1,${number},2]`)).toMatch(/send it as a string$/);
    expect(refusal(number)).toMatch(/send it as a string$/);
  },
);

it('takes numbers that are exact, and large ones as strings', () => {
  const text = '{"a":9007199254740991,"b":-9007199254740991,"c":0.25,"d":"9007199254740993"}';
  expect(read(text)).toEqual(JSON.parse(text));
});

it('takes no stack for a body that is nested deep', () => {
  const depth = 200_000;
  expect(Array.isArray(read('['.repeat(depth) + ']'.repeat(depth)))).toBe(true);
});
