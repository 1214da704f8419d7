import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { instant } from '../events/fields';
import { ledgerEvents, type EventName } from '../events/ledger-events';
import { newestVersion } from '../upcasters/upcasters';
import { checkEvent, encodeEvent, type StoredEvent } from './event-codec';

/*
 * Every version ever written stays readable. `golden/<Event>.v<n>.json` is a stored record of it,
 * `golden/<Event>.v<n>.schema.json` its shape; neither is ever changed. A new shape is a new
 * version: an upcaster, and two new files beside the old ones.
 */
const golden = join(__dirname, '../../golden');
const read = (name: string): unknown => JSON.parse(readFileSync(join(golden, name), 'utf8'));
const shapeOf = (schema: z.ZodType): unknown => JSON.parse(JSON.stringify(z.toJSONSchema(schema)));

const types = Object.keys(ledgerEvents) as EventName[];
const versions = types.flatMap((type) =>
  Array.from({ length: newestVersion(type) }, (_, index) => [type, index + 1] as const),
);

describe.each(versions)('%s version %i', (type, version) => {
  const stored = read(`${type}.v${version}.json`) as StoredEvent;

  it('is read as an event of today’s shape', () => {
    expect(stored.metadata.schema).toBe(String(version));
    expect(checkEvent(stored).type).toBe(type);
  });
});

describe.each(types)('%s', (type) => {
  const version = newestVersion(type);
  const name = `${type}.v${version}`;

  it('has the shape of its newest version, to the letter', () => {
    expect(shapeOf(ledgerEvents[type])).toEqual(read(`${name}.schema.json`));
  });

  it('has a golden record that names every field and is written back as it was', () => {
    const stored = read(`${name}.json`) as StoredEvent;
    const { properties } = read(`${name}.schema.json`) as { properties: object };
    expect(Object.keys(stored.data as object).sort()).toEqual(Object.keys(properties).sort());
    const { data, schema } = encodeEvent(checkEvent(stored));
    expect(JSON.stringify({ type, data, metadata: { schema } })).toBe(JSON.stringify(stored));
  });
});

it('keeps golden files of known versions only, so that none was forgotten or dropped', () => {
  const expected = versions.flatMap(([type, version]) => [
    `${type}.v${version}.json`,
    `${type}.v${version}.schema.json`,
  ]);
  expect(readdirSync(golden).sort()).toEqual(expected.sort());
});

it('sees a changed shape: one more field, one fewer, or another type', () => {
  const frozen = read('AccountFrozen.v1.schema.json');
  const today = ledgerEvents.AccountFrozen;
  expect(shapeOf(today)).toEqual(frozen);
  expect(shapeOf(today.extend({ reason: z.string().optional() }))).not.toEqual(frozen);
  expect(shapeOf(today.omit({ scope: true }))).not.toEqual(frozen);
  expect(shapeOf(today.extend({ at: instant.optional() }))).not.toEqual(frozen);
});
