import { BSON_UNDEFINED, type Value } from '../bson/values';
import { isNumeric, toDouble } from '../numbers/compare-numbers';

/** True unless missing, null, undefined, false or zero. */
export function truthy(value: Value | undefined): boolean {
  if (isNullish(value) || value === false) return false;
  return !isNumeric(value) || toDouble(value) !== 0;
}

/** True for missing, null and BSON's undefined. */
export function isNullish(value: Value | undefined): value is null | undefined {
  return value === undefined || value === null || value === BSON_UNDEFINED;
}
