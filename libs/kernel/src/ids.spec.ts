import { CLIENT_ID, isExternal, RAIL, REFERENCE_ID } from './ids';

it.each(['a', '0', 'alice.b-c_d', 'a'.repeat(100)])('takes %s as a client’s id', (id) => {
  expect(CLIENT_ID.test(id)).toBe(true);
  expect(REFERENCE_ID.test(id)).toBe(true);
});

it.each([
  '',
  'Alice',
  '_made',
  '-a',
  '.a',
  'a b',
  'a~b',
  'a/b',
  'ä',
  '@bank',
  'a\n',
  'a'.repeat(101),
])('does not take %j as a client’s id', (id) => {
  expect(CLIENT_ID.test(id)).toBe(false);
});

it('takes ids of the server where something is referred to', () => {
  expect(REFERENCE_ID.test('_capture-h1')).toBe(true);
});

it('tells external accounts by their sign', () => {
  expect(RAIL.test('@bank')).toBe(true);
  expect(RAIL.test('@Bank')).toBe(false);
  expect(RAIL.test('bank')).toBe(false);
  expect([isExternal('@bank'), isExternal('bank')]).toEqual([true, false]);
});
