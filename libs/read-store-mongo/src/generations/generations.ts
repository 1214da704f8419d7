import type { Db } from 'mongodb';
import { collectionName, PROJECTIONS, viewNames } from '../collections/collection-names';
import { viewIndexes } from '../collections/indexes';
import { isDuplicateKey } from '../writing/duplicate-key';

/** Which generation of the views answers queries, and which one stood before it. */
export interface Generations {
  readonly live: number;
  readonly previous: number | null;
}

interface GenerationsDocument {
  _id: 'ledger';
  live: number;
  previous: number | null;
  /** The rebuild that is under way; one whose time is over has ended. */
  rebuild?: { readonly owner: string; readonly until: Date };
}

const collection = (db: Db) => db.collection<GenerationsDocument>(PROJECTIONS);

/** The generations; undefined before any projector ran. */
export async function readGenerations(db: Db): Promise<Generations | undefined> {
  const found = await collection(db).findOne({ _id: 'ledger' });
  return found ? { live: found.live, previous: found.previous } : undefined;
}

/** The generations as a reader takes them, who makes none: the first one before any projector ran. */
export const generationsToRead = async (db: Db): Promise<Generations> =>
  (await readGenerations(db)) ?? { live: 1, previous: null };

/**
 * Tells the live generation whenever it is asked; one it sees for the first time gets its
 * collections and indexes, and the first one of all is made when there is none.
 */
export function liveGenerations(db: Db): () => Promise<number> {
  let prepared: number | undefined;
  return async () => {
    const live = (await readGenerations(db))?.live ?? (await beginGenerations(db));
    if (live !== prepared) await prepareGeneration(db, live);
    prepared = live;
    return live;
  };
}

/** Makes generation 1 the live one, unless another worker has done so. */
async function beginGenerations(db: Db): Promise<number> {
  await prepareGeneration(db, 1);
  try {
    await collection(db).insertOne({ _id: 'ledger', live: 1, previous: null });
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
  }
  return (await generationsToRead(db)).live;
}

/** Creates the indexes of a generation, and with them its collections; again changes nothing. */
export async function prepareGeneration(db: Db, generation: number): Promise<void> {
  for (const view of viewNames) {
    const indexes = viewIndexes[view];
    if (indexes) await db.collection(collectionName(view, generation)).createIndexes([...indexes]);
  }
}

/**
 * Lets another generation answer queries, unless someone switched in between, or the rebuild that
 * filled it has lost its turn: then false.
 */
export async function switchGeneration(
  db: Db,
  from: number,
  to: number,
  rebuild?: string,
): Promise<boolean> {
  const result = await collection(db).updateOne(
    { _id: 'ledger', live: from, ...(rebuild !== undefined && { 'rebuild.owner': rebuild }) },
    { $set: { live: to, previous: from } },
  );
  return result.matchedCount === 1;
}

/** Takes or renews the turn of the only rebuild; false while another one has it. */
export async function renewRebuild(
  db: Db,
  owner: string,
  now: Date,
  until: Date,
): Promise<boolean> {
  const free = [
    { rebuild: { $exists: false } },
    { 'rebuild.owner': owner },
    { 'rebuild.until': { $lte: now } },
  ];
  const result = await collection(db).updateOne(
    { _id: 'ledger', $or: free },
    { $set: { rebuild: { owner, until } } },
  );
  return result.matchedCount === 1;
}

/** Ends a rebuild's turn, unless it has lost it already. */
export async function releaseRebuild(db: Db, owner: string): Promise<void> {
  await collection(db).updateOne(
    { _id: 'ledger', 'rebuild.owner': owner },
    { $unset: { rebuild: '' } },
  );
}

/** Drops the collections of a generation that no longer, or not yet, answers queries. */
export async function dropGeneration(db: Db, generation: number): Promise<void> {
  const known = await readGenerations(db);
  if (known?.live === generation) {
    throw new Error(`generation ${generation} answers queries: switch to another one first`);
  }
  const existing = await db.listCollections({}, { nameOnly: true }).toArray();
  const names = new Set(existing.map(({ name }) => name));
  for (const view of viewNames) {
    const name = collectionName(view, generation);
    if (names.has(name)) await db.dropCollection(name);
  }
}
