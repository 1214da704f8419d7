import type { Db } from 'mongodb';
import {
  collectionName,
  generationOf,
  PROJECTIONS,
  viewNames,
} from '../collections/collection-names';
import { viewIndexes } from '../collections/indexes';
import { isDuplicateKey } from '../writing/duplicate-key';

/** Which generation of the views answers queries, and which one stood before it. */
export interface Generations {
  readonly live: number;
  readonly previous: number | null;
  /** The one before is not to be trusted: nothing is answered from it any more. */
  readonly abandoned: boolean;
}

interface GenerationsDocument {
  _id: 'ledger';
  live: number;
  previous: number | null;
  abandoned?: boolean;
  /** The newest generation that a rebuild began to fill. */
  newest?: number;
  /** The rebuild that is under way; one whose time is over has ended. */
  rebuild?: { readonly owner: string; readonly until: Date };
}

const collection = (db: Db) => db.collection<GenerationsDocument>(PROJECTIONS);

/** The generations; undefined before any projector ran. */
export async function readGenerations(db: Db): Promise<Generations | undefined> {
  const found = await collection(db).findOne({ _id: 'ledger' });
  if (!found) return undefined;
  const { live, previous, abandoned = false } = found;
  return { live, previous, abandoned };
}

/** The generations as a reader takes them, who makes none: the first one before any projector ran. */
export const generationsToRead = async (db: Db): Promise<Generations> =>
  (await readGenerations(db)) ?? { live: 1, previous: null, abandoned: false };

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

/** Which generation is to answer from now on. */
export interface Switch {
  readonly to: number;
  /** As in `Generations`, of the one that answered so far. */
  readonly abandoned: boolean;
  /** The rebuild that filled the new one: it must still have its turn. */
  readonly rebuild?: string;
}

/**
 * Lets another generation answer queries and keeps the one that did. False, and nothing changed,
 * when someone switched since the generations were read, or the rebuild has lost its turn. One
 * write, so whoever dies on the way leaves one of the two to answer.
 */
export async function switchGeneration(
  db: Db,
  { live, previous }: Pick<Generations, 'live' | 'previous'>,
  { to, abandoned, rebuild }: Switch,
): Promise<boolean> {
  const turn = rebuild === undefined ? {} : { 'rebuild.owner': rebuild };
  const result = await collection(db).updateOne(
    { _id: 'ledger', live, previous, ...turn },
    { $set: { live: to, previous: live, abandoned } },
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

/** What a rebuild starts from, and the generation that it alone fills. */
export interface Beginning extends Generations {
  readonly to: number;
}

/**
 * Gives a rebuild a generation with a number that none had before, so that one which stood still
 * for long can neither fill nor drop what another one made since. Undefined: it lost its turn.
 */
export async function beginGeneration(db: Db, rebuild: string): Promise<Beginning | undefined> {
  const found = await collection(db).findOne({ _id: 'ledger' });
  if (!found) return undefined;
  const { live, previous, abandoned = false, newest = 1 } = found;
  const to = Math.max(live, previous ?? 0, newest) + 1;
  const filter = { _id: 'ledger', 'rebuild.owner': rebuild } as const;
  const { matchedCount } = await collection(db).updateOne(filter, { $set: { newest: to } });
  return matchedCount === 1 ? { live, previous, abandoned, to } : undefined;
}

/**
 * Drops what is there of the generations before one, but for that which answers queries and that
 * which is kept: what killed rebuilds left, too. One that is neither is neither ever again.
 */
export async function dropUnused(db: Db, before: number): Promise<void> {
  const existing = await db.listCollections({}, { nameOnly: true }).toArray();
  const { live, previous } = await generationsToRead(db);
  for (const { name } of existing) {
    const generation = generationOf(name);
    if (generation === undefined || generation >= before) continue;
    if (generation !== live && generation !== previous) await db.dropCollection(name);
  }
}
