import { pause } from '@daybook/event-store';
import type { Clock } from '@daybook/kernel';
import { planLeases, type LeaseStore } from './leases';

/** What a worker projects until told otherwise. */
export interface Assignment {
  readonly generation: number;
  readonly partitions: readonly number[];
}

export interface WorkingOptions {
  /** The same after a restart, so that a worker finds its leases again; never that of another. */
  readonly worker: string;
  readonly partitions: number;
  readonly leases: LeaseStore;
  readonly clock: Clock;
  /** The generation of the views to work on now. */
  readonly generation: () => Promise<number>;
  /** Projects an assignment until the signal aborts. */
  readonly session: (assignment: Assignment, signal: AbortSignal) => Promise<void>;
  readonly signal: AbortSignal;
  readonly renewMs: number;
  readonly leaseMs: number;
  readonly onAssigned?: (assignment: Assignment) => void;
  /** The leases were read and kept: a failure before is over. */
  readonly onKept?: () => void;
  /** The leases could not be read or kept: tried again at the next turn. */
  readonly onFailure: (error: unknown) => void;
  /** The session ended by itself: another one begins at the next turn. */
  readonly onSessionFailure: (error: unknown) => void;
}

interface Session {
  readonly assignment: Assignment;
  /** Ends it, and waits until it has written its last checkpoint. */
  readonly end: () => Promise<void>;
  readonly over: () => boolean;
}

/**
 * A worker's life: an even share of the partitions by lease, projected in one session that is
 * begun anew when the share or the generation changes. When the leases cannot be read, the session
 * goes on: guards, not leases, keep views right. Ends cleanly when the signal aborts.
 */
export async function work(options: WorkingOptions): Promise<void> {
  const { signal, worker, leases, renewMs, onFailure } = options;
  let session: Session | undefined;
  while (!signal.aborted) {
    try {
      const next = await assignment(options, session);
      if (!session || session.over() || !same(session.assignment, next)) {
        await session?.end();
        await leases.release(worker, outside(session?.assignment, next), false);
        options.onAssigned?.(next);
        session = begin(options, next);
      }
      options.onKept?.();
    } catch (error) {
      onFailure(error);
    }
    await pause(renewMs, signal);
  }
  await session?.end();
  await leases.release(worker, session?.assignment.partitions ?? [], true).catch(onFailure);
}

/** Renews and takes leases; what is to be given back stays leased until its session has ended. */
async function assignment(
  { worker, partitions, leases, clock, generation, leaseMs }: WorkingOptions,
  session: Session | undefined,
): Promise<Assignment> {
  const now = clock.now();
  const until = new Date(now.getTime() + leaseMs);
  const workers = await leases.announce(worker, now, until);
  const plan = planLeases(worker, partitions, await leases.all(), workers, now);
  const wanted = plan.take.map((partition) => ({ partition, owner: worker, until }));
  const owned = await leases.take(wanted, now);
  if (!session) await leases.release(worker, plan.release, false);
  return { generation: await generation(), partitions: owned.map(({ partition }) => partition) };
}

function begin({ session, onSessionFailure }: WorkingOptions, assigned: Assignment): Session {
  const stop = new AbortController();
  let over = assigned.partitions.length === 0;
  const running = over
    ? Promise.resolve()
    : session(assigned, stop.signal)
        .catch(onSessionFailure)
        .finally(() => {
          over = true;
        });
  return {
    assignment: assigned,
    end: () => {
      stop.abort();
      return running;
    },
    over: () => over && assigned.partitions.length > 0,
  };
}

const same = (one: Assignment, other: Assignment): boolean =>
  one.generation === other.generation &&
  one.partitions.length === other.partitions.length &&
  one.partitions.every((partition) => other.partitions.includes(partition));

const outside = (before: Assignment | undefined, after: Assignment): readonly number[] =>
  (before?.partitions ?? []).filter((partition) => !after.partitions.includes(partition));
