import { ledgerEvents, type EventName, type LedgerEvent } from '../events/ledger-events';
import { newestVersion, upcast, type StoredData } from '../upcasters/upcasters';
import { UnreadableEvent } from './unreadable-event';

/** What of a stored record tells its event; other fields (position, created) are the store's. */
export interface StoredEvent {
  readonly type: string;
  readonly data: unknown;
  readonly metadata: Readonly<Record<string, unknown>>;
}

const newestByType: ReadonlyMap<string, number> = new Map(
  Object.keys(ledgerEvents).map((type) => [type, newestVersion(type)]),
);

const isPlain = (data: unknown): data is StoredData =>
  typeof data === 'object' && data !== null && !Array.isArray(data);

/** The metadata `schema` with which an event of this type is written today. */
export const schemaOf = (type: EventName): string => String(newestByType.get(type));

/**
 * Reads a stored record as an event of today's shape. Fails closed with `UnreadableEvent` on an
 * unknown type or version. It trusts the shape of a known version, as only the ledger's own code
 * writes these streams and the compatibility test holds it to its shape; `checkEvent` does not.
 */
export function decodeEvent({ type, data, metadata }: StoredEvent): LedgerEvent {
  const newest = newestByType.get(type);
  if (newest === undefined) throw new UnreadableEvent('unknown-type', type, 'no such event');
  const { schema } = metadata;
  const version = typeof schema === 'string' && /^[1-9]\d*$/.test(schema) ? Number(schema) : 0;
  if (version < 1 || version > newest) {
    throw new UnreadableEvent(
      'unknown-version',
      type,
      `schema ${JSON.stringify(schema)}, known are 1 to ${newest}`,
    );
  }
  if (!isPlain(data)) throw new UnreadableEvent('malformed', type, 'its data is no object');
  const current = version === newest ? data : upcast(type, version, data);
  return { type, data: current } as LedgerEvent;
}

/** Like `decodeEvent`, and checks every field: for audits, imports and tests. */
export function checkEvent(stored: StoredEvent): LedgerEvent {
  const event = decodeEvent(stored);
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
