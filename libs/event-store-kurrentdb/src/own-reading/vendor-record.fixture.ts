import type { RecordedEvent } from '@kurrent/kurrentdb-client';
import type { StoredRecord } from '@daybook/event-store';
import { ownMetadata } from './read-answer';

/** A record of the vendor's client as the port gives it: the measure of our own decoding. */
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
