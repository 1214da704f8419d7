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
}

const collection = (db: Db) => db.collection<GenerationsDocument>(PROJECTIONS);

/** The generations; undefined before any projector ran. */
export async function readGenerations(db: Db): Promise<Generations | undefined> {
  const found = await collection(db).findOne({ _id: 'ledger' });
  return found ? { live: found.live, previous: found.previous } : undefined;
}

/** The live generation with its collections and indexes; the first one is made when none is. */
export async function ensureLiveGeneration(db: Db): Promise<number> {
  const known = await readGenerations(db);
  if (known) {
    await prepareGeneration(db, known.live);
    return known.live;
  }
  await prepareGeneration(db, 1);
  try {
    await collection(db).insertOne({ _id: 'ledger', live: 1, previous: null });
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
  }
  return (await readGenerations(db))?.live ?? 1;
}

/** Creates the indexes of a generation, and with them its collections; again changes nothing. */
export async function prepareGeneration(db: Db, generation: number): Promise<void> {
  for (const view of viewNames) {
    const indexes = viewIndexes[view];
    if (indexes) await db.collection(collectionName(view, generation)).createIndexes([...indexes]);
  }
}

/** Lets another generation answer queries, unless someone switched in between: then false. */
export async function switchGeneration(db: Db, from: number, to: number): Promise<boolean> {
  const result = await collection(db).updateOne(
    { _id: 'ledger', live: from },
    { $set: { live: to, previous: from } },
  );
  return result.matchedCount === 1;
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
