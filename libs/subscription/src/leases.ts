/** Which worker owns a partition until when. Only speed depends on it: guards keep views right. */
export interface Lease {
  readonly partition: number;
  readonly owner: string;
  readonly until: Date;
}

/** Where leases are kept. */
export interface LeaseStore {
  /** Says that this worker lives until then; gives all that live, this one among them. */
  announce(worker: string, now: Date, until: Date): Promise<readonly string[]>;
  all(): Promise<readonly Lease[]>;
  /** Takes or renews leases, but for those that another worker holds beyond `now`; gives the others. */
  take(leases: readonly Lease[], now: Date): Promise<readonly Lease[]>;
  /** Gives the worker's own leases back, and with `leaving` its announcement. */
  release(worker: string, partitions: readonly number[], leaving: boolean): Promise<void>;
}

/** What a worker should do with its leases now. */
export interface LeasePlan {
  readonly take: readonly number[];
  readonly release: readonly number[];
}

/**
 * An even share for every living worker: those with more give some back, those with less
 * take what is free. Its own leases come first, so a restarted worker goes on where it was.
 */
export function planLeases(
  worker: string,
  partitions: number,
  leases: readonly Lease[],
  workers: readonly string[],
  now: Date,
): LeasePlan {
  const share = Math.ceil(partitions / Math.max(1, workers.length));
  const holder = new Map(
    leases
      .filter((lease) => lease.owner === worker || lease.until > now)
      .map((lease) => [lease.partition, lease.owner]),
  );
  const all = Array.from({ length: partitions }, (_, partition) => partition);
  const own = all.filter((partition) => holder.get(partition) === worker);
  const free = all.filter((partition) => !holder.has(partition));
  return { take: [...own, ...free].slice(0, share), release: own.slice(share) };
}
