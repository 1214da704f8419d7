import type { Lease, LeaseStore } from '@daybook/subscription';
import type { Db } from 'mongodb';
import { duplicatesOf } from '../writing/duplicate-key';

interface LeaseDocument {
  /** The partition. */
  _id: number;
  owner: string;
  until: Date;
}

interface WorkerDocument {
  _id: string;
  until: Date;
}

/** Leases and announcements of the projector's workers; the same for every generation. */
export class MongoLeases implements LeaseStore {
  constructor(private readonly db: Db) {}

  async announce(worker: string, now: Date, until: Date): Promise<readonly string[]> {
    await this.#workers.updateOne({ _id: worker }, { $set: { until } }, { upsert: true });
    await this.#workers.deleteMany({ until: { $lte: now } });
    const living = await this.#workers.find().toArray();
    return living.map(({ _id }) => _id);
  }

  async all(): Promise<readonly Lease[]> {
    const leases = await this.#leases.find().toArray();
    return leases.map(({ _id, owner, until }) => ({ partition: _id, owner, until }));
  }

  /** One command for all of them, every second. A duplicate key of an upsert: another's lease. */
  async take(leases: readonly Lease[], now: Date): Promise<readonly Lease[]> {
    if (leases.length === 0) return [];
    const operations = leases.map(({ partition, owner, until }) => ({
      updateOne: {
        filter: { _id: partition, $or: [{ owner }, { until: { $lte: now } }] },
        update: { $set: { owner, until } },
        upsert: true,
      },
    }));
    try {
      await this.#leases.bulkWrite(operations, { ordered: false });
      return leases;
    } catch (error) {
      const held = new Set(duplicatesOf(error));
      return leases.filter((_, index) => !held.has(index));
    }
  }

  async release(worker: string, partitions: readonly number[], leaving: boolean): Promise<void> {
    await this.#leases.deleteMany({ _id: { $in: [...partitions] }, owner: worker });
    if (leaving) await this.#workers.deleteOne({ _id: worker });
  }

  get #leases() {
    return this.db.collection<LeaseDocument>('leases');
  }

  get #workers() {
    return this.db.collection<WorkerDocument>('workers');
  }
}
