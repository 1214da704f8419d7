import { allPartitions } from '@daybook/ledger-contracts';
import type { Checkpoint, CheckpointStore } from '@daybook/subscription';
import { collectionName } from '../collections/collection-names';
import type { Views } from '../collections/views';
import { duplicatesOf } from '../writing/duplicate-key';
import { replaceFound } from '../writing/write-commands';

/** The checkpoints of a generation. They never go back, whoever saves them. */
export class MongoCheckpoints implements CheckpointStore {
  /** What this worker saved last: as it stands, unless another one has moved it. */
  #saved: ReadonlyMap<number, bigint> = new Map();

  constructor(private readonly views: Views) {}

  async load(partitions: readonly number[]): Promise<readonly Checkpoint[]> {
    const found = await this.#collection
      .find({ _id: { $in: [...partitions] } }, { readConcern: { level: 'majority' } })
      .toArray();
    return found.map(({ _id, ...place }) => ({ partition: _id, ...place }));
  }

  async save(checkpoints: readonly Checkpoint[]): Promise<void> {
    const saved = this.#saved;
    this.#saved = new Map();
    if (!(await this.#move(checkpoints, saved))) await this.#raise(checkpoints);
    this.#saved = new Map(checkpoints.map(({ partition, position }) => [partition, position]));
  }

  /** Replaces those that stand where they were left; false when not all of them did. */
  async #move(
    checkpoints: readonly Checkpoint[],
    saved: ReadonlyMap<number, bigint>,
  ): Promise<boolean> {
    const replacements = checkpoints.flatMap(({ partition, position, recordedAt, last }) => {
      const before = saved.get(partition);
      if (before === undefined || before >= position) return [];
      const document = { _id: partition, position, recordedAt, last };
      return { filter: { _id: partition, position: before }, document };
    });
    if (replacements.length < checkpoints.length) return false;
    const { db, generation } = this.views;
    const name = collectionName('checkpoints', generation);
    return (await replaceFound(db, name, replacements)) === checkpoints.length;
  }

  /** A duplicate key of the guarded upsert is "no match": the stored one is further already. */
  async #raise(checkpoints: readonly Checkpoint[]): Promise<void> {
    const operations = checkpoints.map(({ partition, position, recordedAt, last }) => ({
      updateOne: {
        filter: { _id: partition, position: { $lt: position } },
        update: { $set: { position, recordedAt, ...(last && { last }) } },
        upsert: true,
      },
    }));
    if (operations.length === 0) return;
    try {
      await this.#collection.bulkWrite(operations, { ordered: false });
    } catch (error) {
      duplicatesOf(error);
    }
  }

  get #collection() {
    return this.views.collection('checkpoints');
  }
}

/** The checkpoint that is furthest behind; undefined while a partition has none. */
export async function lowestCheckpoint(views: Views): Promise<Checkpoint | undefined> {
  const found = await new MongoCheckpoints(views).load(allPartitions);
  if (found.length < allPartitions.length) return undefined;
  return found.reduce((low, one) => (one.position < low.position ? one : low));
}
