import type { NewRecord, StoredRecord } from '../event-store';
import type { SnapshotModel } from './stream-model';

const SNAPSHOT_TAKEN = 'SnapshotTaken';

/** A stream's state at a revision, tied to that place by the id of the record there. */
export interface Snapshot<State> {
  readonly state: State;
  readonly revision: number;
  readonly recordId: string;
}

/** Undefined when there is none, or it is not of today's version. Throws on a broken one. */
export function readSnapshot<State>(
  model: SnapshotModel<State>,
  record: StoredRecord | undefined,
): Snapshot<State> | undefined {
  if (record?.type !== SNAPSHOT_TAKEN) return undefined;
  if (typeof record.data !== 'object' || record.data === null) return undefined;
  const { version, revision, recordId, state } = record.data as Record<string, unknown>;
  if (version !== model.version) return undefined;
  if (typeof revision !== 'number' || typeof recordId !== 'string') return undefined;
  if (!Number.isSafeInteger(revision) || revision < 0) return undefined;
  return { state: model.decode(state), revision, recordId };
}

/** The record that stores a snapshot. */
export function snapshotRecord<State>(
  model: SnapshotModel<State>,
  stream: string,
  { state, revision, recordId }: Snapshot<State>,
  id: string,
): NewRecord {
  return {
    stream,
    id,
    type: SNAPSHOT_TAKEN,
    json: JSON.stringify({
      ...{ version: model.version, revision, recordId },
      state: model.encode(state),
    }),
    metadata: { schema: String(model.version) },
  };
}
