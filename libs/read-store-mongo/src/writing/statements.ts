import type { Document } from 'mongodb';
import { BsonWriter } from './bson-writer';

/**
 * Statements in one command. What a command costs besides them is spread over more of them, and a
 * server takes 100,000.
 */
export const STATEMENTS_MAX = 2_000;

/** Bytes after which no more statements go into a command: a server takes 48 MB, 16 of them in one. */
export const STATEMENT_BYTES_MAX = 8_000_000;

/** A view with its filter, as a rule; where it is more, the writer grows. */
const STATEMENT_BYTES = 640;

/** The driver's own class for statements that are bytes already. It does not export it. */
type Sequence = new (field: string) => { push(statements: unknown, bytes: Buffer): number };

const Sequence = ((): Sequence | undefined => {
  try {
    const { DocumentSequence } = require('mongodb/lib/cmap/commands') as {
      readonly DocumentSequence?: Sequence;
    };
    return typeof DocumentSequence?.prototype.push === 'function' ? DocumentSequence : undefined;
  } catch {
    return undefined;
  }
})();

/**
 * The statements of a command, as many as one takes at a time, in the form that the driver sends
 * fastest: as bytes of our own where this version of it has the means, else as they are.
 */
export function* statementsOf(
  field: string,
  statements: readonly Document[],
  Class: Sequence | null = Sequence ?? null,
): Generator<unknown> {
  const expected = Math.min(statements.length, STATEMENTS_MAX) * STATEMENT_BYTES;
  const writer = new BsonWriter(expected);
  for (let next = 0; next < statements.length;) {
    const first = next;
    while (
      next < statements.length &&
      next - first < STATEMENTS_MAX &&
      writer.length < STATEMENT_BYTES_MAX
    ) {
      writer.document(statements[next] as Document);
      next += 1;
    }
    const bytes = writer.take();
    const chunk = statements.slice(first, next);
    if (Class) {
      const sequence = new Class(field);
      sequence.push(chunk, bytes);
      yield sequence;
    } else yield chunk;
  }
}
