import { ledgerEvents, type EventName, type LedgerEvent } from '../events/ledger-events';
import {
  newestVersion,
  upcast,
  upcasters,
  type StoredData,
  type Upcasters,
} from '../upcasters/upcasters';
import { shapeCheck, type ShapeCheck } from './shape-check';
import { UnreadableEvent } from './unreadable-event';

/** What of a stored record tells its event; other fields (position, created) are the store's. */
export interface StoredEvent {
  readonly type: string;
  readonly data: unknown;
  readonly metadata: Readonly<Record<string, unknown>>;
}

const isPlain = (data: unknown): data is StoredData =>
  typeof data === 'object' && data !== null && !Array.isArray(data);

const versionIn = ({ schema }: StoredEvent['metadata']): number =>
  typeof schema === 'string' && /^[1-9]\d{0,8}$/.test(schema) ? Number(schema) : 0;

/** Makes a `decodeEvent` with these upcasters, which also tell each type's newest version. */
export function eventDecoder(known: Upcasters): (stored: StoredEvent) => LedgerEvent {
  const newestByType: ReadonlyMap<string, number> = new Map(
    Object.keys(ledgerEvents).map((type) => [type, newestVersion(type, known)]),
  );
  return ({ type, data, metadata }) => {
    const newest = newestByType.get(type);
    if (newest === undefined) throw new UnreadableEvent('unknown-type', type, 'no such event');
    const version = versionIn(metadata);
    if (version < 1 || version > newest) {
      const found = JSON.stringify(metadata.schema);
      throw new UnreadableEvent('unknown-version', type, `schema ${found}, known to ${newest}`);
    }
    if (!isPlain(data)) throw new UnreadableEvent('malformed', type, 'its data is no object');
    const current = version === newest ? data : upcast(type, version, data, known);
    return { type, data: current } as LedgerEvent;
  };
}

/**
 * Reads a stored record as an event of today's shape. Fails closed with `UnreadableEvent` on an
 * unknown type or version. It trusts the shape of a known version, as only the ledger's own code
 * writes these streams and the compatibility test holds it to its shape; `checkEvent` does not.
 */
export const decodeEvent = eventDecoder(upcasters);

const schemas: ReadonlyMap<string, string> = new Map(
  Object.keys(ledgerEvents).map((type) => [type, String(newestVersion(type))]),
);

/** The metadata `schema` with which an event of this type is written today. */
export const schemaOf = (type: EventName): string => schemas.get(type) ?? '1';

const hasShape: ReadonlyMap<string, ShapeCheck> = new Map(
  Object.entries(ledgerEvents).map(([type, schema]) => [type, shapeCheck(schema)]),
);

/** Like `decodeEvent`, and checks every field: for views, audits, imports and tests. */
export function checkEvent(stored: StoredEvent): LedgerEvent {
  const event = decodeEvent(stored);
  if (hasShape.get(event.type)?.(event.data)) return event;
  const checked = ledgerEvents[event.type].safeParse(event.data);
  if (checked.success) return event;
  const [issue] = checked.error.issues;
  throw new UnreadableEvent(
    'malformed',
    event.type,
    `${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.trim(),
  );
}

/** An event as the store takes it: its data is plain JSON already, its version goes along. */
export function encodeEvent(event: LedgerEvent): {
  type: EventName;
  data: LedgerEvent['data'];
  schema: string;
} {
  return { type: event.type, data: event.data, schema: schemaOf(event.type) };
}
