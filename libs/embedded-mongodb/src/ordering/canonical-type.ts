import { bsonTypeOf, type Value } from '../bson/values';

/** Rank of each BSON type in MongoDB's order over all types; numbers share one, so do strings. */
const RANKS: Readonly<Record<number, number>> = {
  255: 1,
  6: 2,
  10: 5,
  1: 10,
  16: 10,
  18: 10,
  19: 10,
  2: 15,
  14: 15,
  3: 20,
  4: 25,
  5: 30,
  7: 35,
  8: 40,
  9: 45,
  17: 47,
  11: 50,
  12: 55,
  13: 60,
  15: 65,
  127: 127,
};

/** The rank of a BSON type: what comparison looks at first. */
export function canonicalRankOfType(type: number): number {
  return RANKS[type] as number;
}

/** The rank of a value's type. */
export function canonicalRank(value: Value): number {
  return canonicalRankOfType(bsonTypeOf(value));
}
