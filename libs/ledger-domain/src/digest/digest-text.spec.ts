import { canonicalJson } from './canonical-json';
import { digestText } from './digest-text';

it('is the same for the same content in any order, with and without absent fields', () => {
  const one = digestText('deposit', {
    amount: '12.3',
    to: { b: 1, a: [true, null] },
    x: undefined,
  });
  const other = digestText('deposit', { to: { a: [true, null], b: 1 }, amount: '12.3' });
  expect(one).toBe(other);
  expect(one).toBe('[1,"deposit",{"amount":"12.3","to":{"a":[true,null],"b":1}}]');
});

it.each([
  [{ a: '1' }, { a: 1 }],
  [{ a: null }, {}],
  [{ a: ['b', 'c'] }, { a: ['c', 'b'] }],
  [{ a: ['b,c'] }, { a: ['b', 'c'] }],
  [{ a: { b: 'c' } }, { a: 'b', c: '' }],
])('differs for other content: %j and %j', (one, other) => {
  expect(canonicalJson(one)).not.toBe(canonicalJson(other));
});

it('differs for another operation', () => {
  expect(digestText('deposit', {})).not.toBe(digestText('withdrawal', {}));
});

it('writes bigints as decimals, and orders keys by code unit', () => {
  expect(canonicalJson({ ä: 1n, a: 2n, B: 10n ** 20n })).toBe(
    '{"B":"100000000000000000000","a":"2","ä":"1"}',
  );
});

it('writes every text and name as JSON does', () => {
  const characters = Array.from({ length: 0x2100 }, (_, code) => `a${String.fromCharCode(code)}b`);
  for (const text of [...characters, '', '\ud800', '\u{1f600}', '"', '\\']) {
    expect(canonicalJson(text)).toBe(JSON.stringify(text));
    expect(canonicalJson({ [text]: 1n })).toBe(JSON.stringify({ [text]: '1' }));
  }
});

it('writes what knows its own JSON as that', () => {
  const amount = { text: '012.30', toJSON: () => '12.3' };
  expect(canonicalJson({ amount, toJSON: 'a name like others' })).toBe(
    '{"amount":"12.3","toJSON":"a name like others"}',
  );
});

it.each([Number.NaN, Number.POSITIVE_INFINITY, () => 1, Symbol('s')])('refuses %p', (value) => {
  expect(() => canonicalJson({ value: [value] })).toThrow(/no JSON/);
});
