import { isDoc, type Doc, type Value } from '../bson/values';
import { failedToParse } from '../errors';
import { matches } from '../query/filter';
import { FilterScope, parseFilter } from '../query/parse-filter';

/** Parses `arrayFilters`: each document speaks of one identifier, which begins its paths. */
export function parseArrayFilters(
  given: Value | undefined,
): Map<string, (value: Value) => boolean> {
  const filters = new Map<string, (value: Value) => boolean>();
  if (given === undefined) return filters;
  if (!Array.isArray(given)) throw failedToParse('arrayFilters must be an array');
  for (const doc of given) {
    if (!isDoc(doc)) throw failedToParse('Each array filter must be an object');
    const names = new Set(identifiers(doc));
    if (names.size !== 1) {
      throw failedToParse(
        names.size === 0
          ? 'Cannot use an expression without a top-level field name in arrayFilters'
          : `Error parsing array filter :: caused by :: Expected a single top-level field name, found '${[...names].join("' and '")}'`,
      );
    }
    const name = [...names][0] as string;
    if (!/^[a-z][a-zA-Z0-9]*$/.test(name)) {
      throw failedToParse(
        `The top-level field name must be an alphanumeric string beginning with a lowercase letter, found '${name}'`,
      );
    }
    if (filters.has(name)) {
      throw failedToParse(
        `Found multiple array filters with the same top-level field name ${name}`,
      );
    }
    const filter = parseFilter(doc, new FilterScope());
    filters.set(name, (value) => matches(filter, new Map([[name, value]])));
  }
  return filters;
}

function identifiers(doc: Doc): string[] {
  return [...doc].flatMap(([name, value]) => {
    if (!name.startsWith('$')) return [name.split('.')[0] as string];
    return Array.isArray(value) ? value.filter(isDoc).flatMap(identifiers) : [];
  });
}
