import { BSON, type Document } from 'mongodb';
import { STATEMENT_BYTES_MAX, STATEMENTS_MAX, statementsOf } from './statements';

/** What the driver would put into its message, document by document. */
function documentsIn(statements: unknown): Document[] {
  if (Array.isArray(statements)) return statements as Document[];
  const section = (statements as { toBin(): Buffer }).toBin();
  const view = new DataView(section.buffer, section.byteOffset, section.length);
  expect(section[0]).toBe(1);
  expect(view.getInt32(1, true)).toBe(section.length - 1);
  const found: Document[] = [];
  let at = section.indexOf(0, 5) + 1;
  expect(Buffer.from(section.subarray(5, at - 1)).toString()).toBe('documents');
  for (; at < section.length; at += view.getInt32(at, true)) {
    found.push(BSON.deserialize(section.subarray(at, at + view.getInt32(at, true))));
  }
  return found;
}

const some = (count: number, more: Document = {}): Document[] =>
  Array.from({ length: count }, (_, n) => ({ _id: n, ...more }));

it('gives the driver bytes of its own kind, and has it send them', () => {
  const [only, ...others] = statementsOf('documents', some(3));
  expect(others).toEqual([]);
  expect(Array.isArray(only)).toBe(false);
  expect(documentsIn(only)).toEqual(some(3));
});

it('gives the documents themselves to a driver that has no such kind', () => {
  expect([...statementsOf('documents', some(3), null)]).toEqual([some(3)]);
});

it('gives a command only so many', () => {
  const chunks = [...statementsOf('documents', some(2 * STATEMENTS_MAX + 1))].map(documentsIn);
  expect(chunks.map(({ length }) => length)).toEqual([STATEMENTS_MAX, STATEMENTS_MAX, 1]);
  expect(chunks.flat()).toEqual(some(2 * STATEMENTS_MAX + 1));
});

it('gives a command only so many bytes, and one document however large', () => {
  const text = 'x'.repeat(STATEMENT_BYTES_MAX / 4);
  const chunks = [...statementsOf('documents', some(9, { text }))].map(documentsIn);
  expect(chunks.map(({ length }) => length)).toEqual([4, 4, 1]);
  const huge = 'x'.repeat(STATEMENT_BYTES_MAX);
  expect([...statementsOf('documents', some(2, { text: huge }))]).toHaveLength(2);
});

it('has nothing to give for nothing', () => {
  expect([...statementsOf('documents', [])]).toEqual([]);
});
