import { queryLimits } from '../limits/query-limits';
import { badInput } from './errors';

/** A filter's list, if given; refuses one that is too long. */
export function boundedList<Value>(
  name: string,
  values: readonly Value[] | null | undefined,
): readonly Value[] | undefined {
  if (values && values.length > queryLimits.filterValuesMax) {
    throw badInput(`${name} must have at most ${queryLimits.filterValuesMax} values`);
  }
  return values ?? undefined;
}
