import type { BatchChanges } from '@daybook/read-model';
import type { Document } from 'mongodb';
import type { ViewName } from '../collections/collection-names';
import type { Views } from '../collections/views';
import { lateEntry, readEntry } from '../writing/stored-views';
import { documentDifferences, type Difference } from './differences';

type Point = Document & { readonly _id: string };

/** Differences between the points that a part of the log leads to and those stored. */
export async function comparePoints(
  views: Views,
  { entries, holds, states }: BatchChanges,
): Promise<readonly Difference[]> {
  const late = entries.filter((entry) => entry.late).map(lateEntry);
  const compare = (name: ViewName, points: readonly Point[]) => compareAll(views, name, points);
  const found = await Promise.all([
    compare('entries', entries),
    compare('late_entries', late),
    compare('holds', holds),
    compare('account_states', states),
  ]);
  return found.flat();
}

async function compareAll(
  views: Views,
  name: ViewName,
  points: readonly Point[],
): Promise<readonly Difference[]> {
  if (points.length === 0) return [];
  const filter = { _id: { $in: points.map(({ _id }) => _id) } } as Document;
  const found = await views.collection(name).find(filter).toArray();
  const stored = new Map(found.map((point) => [String(point._id), readPoint(name, point)]));
  return points.flatMap((point) =>
    documentDifferences(name, point._id, stored.get(point._id), point),
  );
}

const readPoint = (name: ViewName, point: Document): Document =>
  name === 'entries' ? readEntry(point as never) : point;
