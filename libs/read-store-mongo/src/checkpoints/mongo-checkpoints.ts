import type { Checkpoint, CheckpointStore } from '@daybook/subscription';
import type { Views } from '../collections/views';
import { duplicatesOf } from '../writing/duplicate-key';

/** The checkpoints of a generation. They never go back, whoever saves them. */
export class MongoCheckpoints implements CheckpointStore {
  constructor(private readonly views: Views) {}

  async load(partitions: readonly number[]): Promise<readonly Checkpoint[]> {
    const found = await this.#collection
      .find({ _id: { $in: [...partitions] } }, { readConcern: { level: 'majority' } })
      .toArray();
    return found.map(({ _id, position, recordedAt }) => ({ partition: _id, position, recordedAt }));
  }

  /** A duplicate key of the guarded upsert is "no match": the stored one is further already. */
  async save(checkpoints: readonly Checkpoint[]): Promise<void> {
    const operations = checkpoints.map(({ partition, position, recordedAt }) => ({
      updateOne: {
        filter: { _id: partition, position: { $lt: position } },
        update: { $set: { position, recordedAt } },
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
export async function lowestCheckpoint(
  views: Views,
  partitions: number,
): Promise<Checkpoint | undefined> {
  const all = Array.from({ length: partitions }, (_, partition) => partition);
  const found = await new MongoCheckpoints(views).load(all);
  if (found.length < partitions) return undefined;
  return found.reduce((low, one) => (one.position < low.position ? one : low));
}
