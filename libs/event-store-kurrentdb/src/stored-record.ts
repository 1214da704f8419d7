import type { RecordedEvent } from '@kurrent/kurrentdb-client';
import type { StoredRecord } from '@daybook/event-store';

/** What the server adds to the metadata of records appended with a schema. */
const ADDED_BY_SERVER = '$schema.';

/** A record as the port gives it; the server's own metadata is left out. */
export function storedRecord(event: RecordedEvent): StoredRecord {
  return {
    stream: event.streamId,
    revision: Number(event.revision),
    position: event.position?.commit ?? 0n,
    id: event.id,
    type: event.type,
    data: event.data,
    metadata: ownMetadata(event.metadata),
    created: event.created,
  };
}

/** A record’s metadata without what the server added; nothing of what is no object. */
export function ownMetadata(metadata: unknown): Record<string, unknown> {
  const own: Record<string, unknown> = {};
  if (typeof metadata !== 'object' || metadata === null || metadata instanceof Uint8Array) {
    return own;
  }
  for (const key of Object.keys(metadata)) {
    if (!key.startsWith(ADDED_BY_SERVER)) own[key] = (metadata as typeof own)[key];
  }
  return own;
}
