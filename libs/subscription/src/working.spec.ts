import { pause } from '@daybook/event-store';
import type { Lease, LeaseStore } from './leases';
import { work } from './working';

/** Leases in memory that cannot be read while told so. */
class MemoryLeases implements LeaseStore {
  away = false;

  async announce(worker: string): Promise<readonly string[]> {
    if (this.away) throw new Error('planted');
    return [worker];
  }

  async all(): Promise<readonly Lease[]> {
    return [];
  }

  async take(leases: readonly Lease[]): Promise<readonly Lease[]> {
    return leases;
  }

  async release(): Promise<void> {}
}

/** Works until the test says that it has heard enough. */
async function heard(
  leases: MemoryLeases,
  session: (signal: AbortSignal) => Promise<void>,
  onTold: (told: readonly string[]) => boolean,
): Promise<readonly string[]> {
  const stop = new AbortController();
  const told: string[] = [];
  const tell = (what: string) => () => {
    told.push(what);
    if (onTold(told)) stop.abort();
  };
  await work({
    ...{ worker: 'one', partitions: 2, leases, renewMs: 1, leaseMs: 1_000 },
    clock: { now: () => new Date(0) },
    generation: async () => 1,
    session: (_, signal) => session(signal),
    signal: stop.signal,
    onKept: tell('kept'),
    onFailure: tell('leases failed'),
    onSessionFailure: tell('session failed'),
  });
  return told;
}

describe('a worker', () => {
  it('says when its leases fail it, and when they are kept again with nothing to do', async () => {
    const leases = new MemoryLeases();
    const told = await heard(
      leases,
      (signal) => pause(60_000, signal),
      (all) => {
        leases.away = all.at(-1) === 'kept' && all.length === 1;
        return all.length === 3;
      },
    );
    expect(told).toEqual(['kept', 'leases failed', 'kept']);
  });

  it('does not take a session that fails for leases that do', async () => {
    const told = await heard(
      new MemoryLeases(),
      () => Promise.reject(new Error('planted')),
      (all) => all.length > 5,
    );
    expect(told).toContain('session failed');
    expect(told).not.toContain('leases failed');
  });
});
