/** Fixed per projection version: views are keyed by it, whoever works on them. */
export const PARTITIONS = 16;

/** Every partition, from 0 on. */
export const allPartitions: readonly number[] = Array.from({ length: PARTITIONS }, (_, i) => i);

/** The partition of an account's or transaction's id: FNV-1a over its UTF-16 units. */
export function partitionOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < id.length; i += 1) {
    hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193);
  }
  return (hash >>> 0) % PARTITIONS;
}

/** The account that a rail is in one currency: `@bank:CZK`. */
export const externalAccountId = (rail: string, currency: string): string => `${rail}:${currency}`;

/** A partition's share of an external account: `@bank:CZK#3`. */
export const externalSeriesId = (rail: string, currency: string, partition: number): string =>
  `${externalAccountId(rail, currency)}#${partition}`;

/** A partition's share of a currency's total: `CZK#3`. */
export const totalId = (currency: string, partition: number): string => `${currency}#${partition}`;
