import type { CollectionDefinition } from './index-definition';
import {
  afterPrefix,
  collectionPrefix,
  documentKey,
  indexPrefix,
  recordIdFromBytes,
  type RecordId,
  recordIdOfKey,
} from '../storage/keys';
import type { MongoStore } from '../storage/mongo-store';
import type { Reader } from '../storage/reader';
import { Row } from '../storage/row';
import type { Plan } from './planner';

/** What a scan looked at, for `explain`. */
export interface ScanCounts {
  keys: number;
  documents: number;
}

/** What a scan reads from. */
export interface ScanSource {
  readonly store: MongoStore;
  readonly reader: Reader;
  readonly collection: CollectionDefinition;
  readonly counts?: ScanCounts;
}

/** The candidates of a plan, each document once; the filter must still be tested on them. */
export function* scan(source: ScanSource, plan: Plan): Generator<Row> {
  if (plan.kind === 'collection') return yield* scanCollection(source, plan.reverse);
  if (plan.kind === 'index') return yield* scanIndex(source, plan);
  const seen = new Set<RecordId>();
  for (const part of plan.plans) {
    for (const row of scan(source, part)) {
      if (seen.has(row.recordId)) continue;
      seen.add(row.recordId);
      yield row;
    }
  }
}

function* scanCollection(source: ScanSource, reverse: boolean): Generator<Row> {
  const from = collectionPrefix(source.collection.id);
  const range = { from, to: afterPrefix(from), reverse };
  for (const { key, value } of source.reader.range(source.store.documents, range)) {
    if (source.counts) source.counts.documents++;
    yield new Row(recordIdOfKey(key), value);
  }
}

function* scanIndex(source: ScanSource, plan: Extract<Plan, { kind: 'index' }>): Generator<Row> {
  const { store, reader, collection, counts } = source;
  const prefix = indexPrefix(collection.id, plan.index.id);
  // Only an index of arrays names a document more than once.
  const seen = plan.index.multikey.includes(true) ? new Set<RecordId>() : undefined;
  const ranges = plan.reverse ? [...plan.ranges].reverse() : plan.ranges;
  for (const range of ranges) {
    const keys = {
      from: Buffer.concat([prefix, range.from]),
      to: Buffer.concat([prefix, range.to]),
      reverse: plan.reverse,
    };
    for (const { value } of reader.range(store.entries, keys)) {
      if (counts) counts.keys++;
      const recordId = recordIdFromBytes(value);
      if (seen?.has(recordId)) continue;
      seen?.add(recordId);
      const bytes = reader.get(store.documents, documentKey(collection.id, recordId));
      if (!bytes) continue;
      if (counts) counts.documents++;
      yield new Row(recordId, bytes);
    }
  }
}
