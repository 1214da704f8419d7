import { badInput } from '../answers/errors';

/** What a cursor's part may be: a whole number that fits 64 bits, or an account's name. */
export type CursorPart = 'integer' | 'name';

const patterns: Record<CursorPart, RegExp> = {
  integer: /^(0|-?[1-9]\d{0,18})$/,
  name: /^[@a-z0-9_][a-zA-Z0-9._:-]{0,109}$/,
};
const CURSOR_CHARACTERS_MAX = 400;

/** An opaque cursor: a list's name and the place of an element in its order. */
export function encodeCursor(list: string, parts: readonly (bigint | number | string)[]): string {
  return Buffer.from([list, ...parts].join(' '), 'latin1').toString('base64url');
}

/** The refusal of a cursor that its list never gave out. */
export const strangeCursor = () => badInput('the cursor is not one of this list');

/** Takes a cursor apart; one that this list never gave out is the client's mistake. */
export function decodeCursor(list: string, cursor: string, shape: readonly CursorPart[]): string[] {
  if (cursor.length > CURSOR_CHARACTERS_MAX) throw strangeCursor();
  const text = Buffer.from(cursor, 'base64url').toString('latin1');
  const [name, ...parts] = text.split(' ');
  const fits = shape.every((kind, at) => patterns[kind].test(parts[at] ?? ''));
  if (name !== list || parts.length !== shape.length || !fits) throw strangeCursor();
  if (encodeCursor(list, parts) !== cursor) throw strangeCursor();
  return parts;
}
