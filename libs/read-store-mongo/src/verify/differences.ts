import type { Document } from 'mongodb';
import { isDeepStrictEqual } from 'node:util';

/** A place where the stored views are not what the log leads to, or the log breaks a law. */
export interface Difference {
  /** The collection, or `log` for a broken law. */
  readonly where: string;
  /** The document or stream. */
  readonly id: string;
  readonly detail: string;
}

/** Compares a stored document with the one recomputed, field by field. */
export function documentDifferences(
  where: string,
  id: string,
  stored: Document | undefined,
  expected: Document,
): readonly Difference[] {
  if (!stored) return [{ where, id, detail: 'is missing' }];
  const fields = [...new Set([...Object.keys(expected), ...Object.keys(stored)])];
  return fields
    .filter((field) => !isDeepStrictEqual(stored[field], expected[field]))
    .map((field) => ({
      where,
      id,
      detail: `${field} is ${show(stored[field])}, the log says ${show(expected[field])}`,
    }));
}

const SHOWN_MAX = 200;

/** A value as one short line. */
export function show(value: unknown): string {
  const text = JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'bigint' ? inner.toString() : inner,
  );
  if (text === undefined) return 'absent';
  return text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text;
}
