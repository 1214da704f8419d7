/** Commands about a transaction that may go without an id of their own, and so happen once. */
export type DerivedKind = 'capture' | 'void' | 'expiry' | 'reversal';

/** The longest id that streams and references take. */
const ID_LENGTH_MAX = 100;

/**
 * The id of a capture, void, expiry or reversal for which the client names none: derived from the
 * original's, so that a second one is a repeat. Begins with `_`, which no client's id does. A long
 * original goes in by its hash (lower-case hex, at most 64 digits), apart from ids by `.`.
 */
export function derivedTransactionId(
  kind: DerivedKind,
  originalId: string,
  hash: (text: string) => string,
): string {
  const plain = `_${kind}-${originalId}`;
  return plain.length <= ID_LENGTH_MAX ? plain : `_${kind}.${hash(originalId)}`;
}
