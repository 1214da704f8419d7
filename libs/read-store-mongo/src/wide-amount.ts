import { Decimal128 } from 'mongodb';

/**
 * Reads an amount that may lie beyond 64 bits (sums over external accounts and totals). Such sums
 * are stored as 64-bit integers while they fit and as Decimal128 (34 digits) when they do not.
 */
export function wideAmount(stored: unknown): bigint {
  if (typeof stored === 'bigint') return stored;
  if (stored instanceof Decimal128) return BigInt(stored.toString());
  throw new TypeError(`no amount in a view: ${typeof stored}`);
}

/** Writes an amount that may lie beyond 64 bits: the driver would wrap it around silently. */
export function storedWide(amount: bigint): bigint | Decimal128 {
  return BigInt.asIntN(64, amount) === amount ? amount : Decimal128.fromString(amount.toString());
}
