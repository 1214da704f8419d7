import {
  createCommandRunner,
  StoreUnavailable,
  type AppendOutcome,
  type CommandRunner,
  type EventStore,
  type NewRecord,
  type RunnerStatistics,
  type StreamCheck,
} from '@daybook/event-store';
import type { LedgerEvent } from '@daybook/ledger-contracts';
import {
  FaultyEventStore,
  InMemoryEventStore,
  type AppendFault,
  type Random,
} from '@daybook/testing';
import { accountSnapshots } from '../account-snapshot';
import { atomicBatch } from '../atomic-batch';
import type { LedgerCommand } from '../commands';
import type { LedgerState } from '../operation';
import { operationOf } from '../operation-of';
import { runnable } from '../runnable';
import { ledgerModel } from '../stream-model';
import { shown } from './compare.fixture';
import type { Expected } from './model-ledger.fixture';

/** One call of a client, and what it was answered; several commands are an atomic batch. */
export interface Call {
  readonly commands: readonly LedgerCommand[];
  /** The newest position that anybody was answered before this call began. */
  readonly after: bigint;
  /** The newest position in the log when the answer came. */
  before: bigint;
  answer: readonly Expected[] | 'unknown' | 'none';
}

/** Knows how far the log has grown, whoever wrote. */
class WatchedStore implements EventStore {
  newest = -1n;

  constructor(private readonly store: EventStore) {}

  async append(records: readonly NewRecord[], checks: readonly StreamCheck[]) {
    const outcome: AppendOutcome = await this.store.append(records, checks);
    if (outcome.committed && outcome.position > this.newest) this.newest = outcome.position;
    return outcome;
  }

  readStream(stream: string, from: number, limit: number) {
    return this.store.readStream(stream, from, limit);
  }

  readLast(stream: string) {
    return this.store.readLast(stream);
  }
}

const faults: readonly AppendFault[] = ['lost-before', 'lost-after', 'delayed'];

/** Small enough that caches overflow, batches split and retries run out. */
const settings = {
  batchRecordsMax: 12,
  // Room for about four accounts.
  cacheBytesMax: 2_350,
  unpackedStreamsMax: 1,
  recentStreamsMax: 2,
  conflictsMax: 6,
  resendsMax: 2,
  pageRecords: 3,
};

const often = { ...accountSnapshots, everyEvents: 3 };
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Two command services on one store, between which and them things go wrong. */
export class RacingServices {
  readonly memory = new InMemoryEventStore();
  readonly calls: Call[] = [];
  private readonly watched: WatchedStore;
  private readonly stores: FaultyEventStore[];
  private readonly runners: CommandRunner<LedgerState, LedgerEvent>[];
  private ids = 0;
  private acknowledged = -1n;
  /** Appends so far that were lost or late. */
  faults = 0;

  constructor(
    private readonly dice: Random,
    faulty: (store: EventStore) => EventStore = (store) => store,
  ) {
    this.watched = new WatchedStore(faulty(this.memory));
    this.stores = [0, 1].map(() => new FaultyEventStore(this.watched));
    this.runners = this.stores.map((store) =>
      createCommandRunner({
        store,
        model: { ...ledgerModel, snapshots: often },
        settings,
        ports: { newId: () => this.newId(), random: () => 0.5, sleep: turn },
      }),
    );
  }

  private newId(): string {
    this.ids += 1;
    return `00000000-0000-4000-8000-${this.ids.toString(16).padStart(12, '0')}`;
  }

  statistics(): readonly RunnerStatistics[] {
    return this.runners.map((runner) => runner.statistics());
  }

  /** From now on appends are lost before or after the commit, or come late; reads come late. */
  disturb(percent: number): void {
    for (const store of this.stores) {
      store.onAppend = async () => {
        while (this.dice.chance(0.3)) await turn();
        if (!this.dice.chance(percent)) return undefined;
        this.faults += 1;
        return this.dice.pick(faults);
      };
      store.onRead = async () => {
        if (this.dice.chance(0.3)) await turn();
      };
    }
  }

  async call(commands: readonly LedgerCommand[]): Promise<void> {
    const call: Call = { commands, after: this.acknowledged, before: -1n, answer: 'unknown' };
    const index = this.calls.push(call) - 1;
    const runner = this.dice.pick(this.runners);
    try {
      call.answer = await this.run(runner, commands, { $correlationId: String(index) });
    } catch (error) {
      const unknown = error instanceof StoreUnavailable && error.outcome === 'unknown';
      call.answer = unknown ? 'unknown' : 'none';
    }
    call.before = this.watched.newest;
  }

  private async run(
    runner: CommandRunner<LedgerState, LedgerEvent>,
    commands: readonly LedgerCommand[],
    metadata: Readonly<Record<string, string>>,
  ): Promise<readonly Expected[]> {
    const [only] = commands;
    if (only && commands.length === 1) {
      const one = await runner.run({ ...runnable(operationOf(only)), bytes: 500, metadata });
      this.acknowledge(one.position);
      return [shown(one.answer)];
    }
    const batch = runnable(atomicBatch(commands.map(operationOf)));
    const { answer, position } = await runner.run({ ...batch, bytes: 500, metadata });
    this.acknowledge(position);
    if (answer.outcome === 'refused') return [shown(answer)];
    return answer.answer.items.map(({ outcome, answer: each }) => ({ outcome, answer: each }));
  }

  private acknowledge(position: bigint | undefined): void {
    if (position !== undefined && position > this.acknowledged) this.acknowledged = position;
  }

  /** Lets some of what is ready happen, and sometimes what was late arrive. */
  async pass(): Promise<void> {
    for (let turns = this.dice.below(6); turns > 0; turns -= 1) await turn();
    if (this.dice.chance(0.1)) await this.arrive();
  }

  /** Everything late arrives now: after all answers were given. */
  async arrive(): Promise<void> {
    for (const store of this.stores) await store.deliverLate();
  }

  async stop(): Promise<void> {
    for (const runner of this.runners) await runner.stop();
    await this.arrive();
  }
}
