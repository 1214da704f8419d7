import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ledgerEvents, type EventName } from '../events/ledger-events';
import { shapeCheck } from './shape-check';

const golden = join(__dirname, '../../golden');
const records = readdirSync(golden)
  .filter((name) => !name.endsWith('.schema.json'))
  .map((name) => JSON.parse(readFileSync(join(golden, name), 'utf8')) as { type: EventName });

const today = records.flatMap((record) => {
  const { type, data } = record as { type: EventName; data: unknown };
  return ledgerEvents[type].safeParse(data).success ? [{ type, data }] : [];
});

/** Every place inside a JSON value, as the names that lead there. */
function placesIn(value: unknown): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [[]];
  const inner = Object.entries(value).flatMap(([name, child]) =>
    placesIn(child).map((place) => [name, ...place]),
  );
  return [[], ...inner];
}

/** A copy with something else, or nothing, at a place. */
function changed(value: unknown, [name, ...rest]: readonly string[], to: unknown): unknown {
  if (name === undefined) return to;
  const copy: any = Array.isArray(value) ? [...value] : { ...(value as object) };
  const inner = changed(copy[name], rest, to);
  if (inner === undefined && rest.length === 0) delete copy[name];
  else copy[name] = inner;
  return copy;
}

const strange = fc.oneof(
  fc.constantFrom(undefined, null, '', '0', '-1', '01', '1e3', 'transfer', [], {}, true, false),
  fc.constantFrom(0, -1, 1.5, 2 ** 53, NaN, '2026-03-31T12:00:00.000Z', '2026-03-31T12:00:00Z'),
  fc.json().map((text) => JSON.parse(text) as unknown),
);

it.each(today.map(({ type, data }) => [type, data] as const))(
  'accepts a golden %s, and of what is not quite one only what its schema accepts',
  (type, data) => {
    const schema = ledgerEvents[type];
    const check = shapeCheck(schema);
    expect(check(data)).toBe(true);
    fc.assert(
      fc.property(fc.constantFrom(...placesIn(data)), strange, fc.boolean(), (place, to, more) => {
        const other = changed(data, more ? [...place, 'surprise'] : place, to);
        expect(check(other)).toBe(schema.safeParse(other).success);
      }),
      { numRuns: 300 },
    );
  },
);

it.each([
  ['a positive number', z.int().positive(), [1], [0, -1, 1.5, '1']],
  ['a bounded number, which it leaves to the schema', z.int().max(3), [3, -3], [4]],
  [
    'an open object, which it leaves to the schema',
    z.object({ a: z.int() }),
    [{ a: 1, b: 2 }],
    [{}],
  ],
  ['text of two rules, which it leaves to the schema', z.string().min(2).max(3), ['ab'], ['a']],
])('checks %s', (_name, schema, good, bad) => {
  const check = shapeCheck(schema);
  for (const value of good) expect(check(value)).toBe(true);
  for (const value of bad) expect(check(value)).toBe(false);
});
