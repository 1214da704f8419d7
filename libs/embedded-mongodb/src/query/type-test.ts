import { isTypeCode, typeCodeOfName } from '../bson/type-names';
import { bsonTypeOf, BsonType, type Value } from '../bson/values';
import { badValue } from '../errors';
import { toInt64 } from '../numbers/arithmetic';
import { isNumeric } from '../numbers/compare-numbers';

const NUMBER_TYPES = [BsonType.Double, BsonType.Int32, BsonType.Int64, BsonType.Decimal128];

/** A test for one or several types, each named by alias or number; `number` is any width. */
export function typeTest(operand: Value): (value: Value | undefined) => boolean {
  const named = Array.isArray(operand) ? operand : [operand];
  if (named.length === 0) throw badValue('$type must match at least one type');
  const codes = new Set(named.flatMap(typeCodes));
  return (value) => value !== undefined && codes.has(bsonTypeOf(value));
}

function typeCodes(named: Value): number[] {
  if (named === 'number') return [...NUMBER_TYPES];
  if (typeof named === 'string') {
    const code = typeCodeOfName(named);
    if (code === undefined) throw badValue(`Unknown type name alias: ${named}`);
    return [code];
  }
  const code = isNumeric(named) ? toInt64(named) : undefined;
  if (code === undefined) throw badValue('type must be represented as a number or a string');
  const unsigned = code === -1n ? BsonType.MinKey : Number(code);
  if (!isTypeCode(unsigned)) throw badValue(`Invalid numerical type code: ${code}`);
  return [unsigned];
}
