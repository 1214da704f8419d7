import { eventDecoder } from '../codec/event-codec';
import { newestVersion, upcast, type Upcasters } from './upcasters';

/*
 * A worked example. Say that version 2 of `AccountFrozen` tells who ordered the freeze, and that
 * version 3 writes scopes as lists. Whoever adds a version
 * 1. changes the shape in `events/`, so that code knows the newest version only;
 * 2. adds one upcaster here, which fills in what old records cannot say;
 * 3. adds `golden/AccountFrozen.v2.json` and `.schema.json` beside those of version 1;
 * 4. deploys readers before writers.
 */
const known: Upcasters = {
  AccountFrozen: [
    (data) => ({ ...data, orderedBy: 'unknown' }),
    ({ scope, ...data }) => ({
      ...data,
      scopes: scope === 'all' ? ['debits', 'credits'] : [scope],
    }),
  ],
};

const decode = eventDecoder(known);
const at = '2026-03-31T12:00:00.000Z';
const v1 = { accountId: 'alice', scope: 'all', at };
const v3 = { accountId: 'alice', orderedBy: 'unknown', scopes: ['debits', 'credits'], at };

it('brings an old record through every version up to the newest', () => {
  const stored = { type: 'AccountFrozen', data: v1, metadata: { schema: '1' } };
  expect(decode(stored)).toEqual({ type: 'AccountFrozen', data: v3 });
});

it('starts at the version a record has', () => {
  const data = { ...v1, orderedBy: 'court' };
  const stored = { type: 'AccountFrozen', data, metadata: { schema: '2' } };
  expect(decode(stored).data).toEqual({ ...v3, orderedBy: 'court' });
});

it('leaves the newest version as it is, and refuses one that is newer still', () => {
  const newest = { type: 'AccountFrozen', data: v3, metadata: { schema: '3' } };
  expect(decode(newest).data).toBe(v3);
  expect(() => decode({ ...newest, metadata: { schema: '4' } })).toThrow(/schema "4"/);
});

it('knows version 1 of an event without upcasters', () => {
  expect(newestVersion('AccountClosed', known)).toBe(1);
  expect(newestVersion('AccountFrozen', known)).toBe(3);
  expect(upcast('AccountClosed', 1, v1, known)).toBe(v1);
});
