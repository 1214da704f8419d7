import type { Clock } from '@daybook/kernel';
import type { EventLog } from '@daybook/event-store';
import { ledgerPrefixes, PARTITIONS, receiptPrefixes } from '@daybook/ledger-contracts';
import type { Logger } from '@daybook/platform';
import {
  liveGenerations,
  MongoCheckpoints,
  MongoLeases,
  MongoViewWriter,
  type ReadStore,
} from '@daybook/read-store-mongo';
import { project, work, type Assignment } from '@daybook/subscription';
import type { Progress } from './progress';

const RENEW_MS = 1_000;
const LEASE_MS = 5_000;
/** What a view may be behind so that a busy log's batches share their writes. */
const GATHER_MS = 100;

export interface WorkerParts {
  readonly name: string;
  readonly log: EventLog;
  readonly store: ReadStore;
  readonly progress: Progress;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly pageSize: number;
}

/** Projects this worker's share of the partitions until it is stopped. */
export class ProjectingWorker {
  readonly #stop = new AbortController();
  #working: Promise<void> = Promise.resolve();

  constructor(private readonly parts: WorkerParts) {}

  start(): void {
    const { name, store, progress, logger, clock } = this.parts;
    this.#working = work({
      worker: name,
      partitions: PARTITIONS,
      leases: new MongoLeases(store.db),
      clock,
      generation: liveGenerations(store.db),
      session: (assignment, signal) => this.#project(assignment, signal),
      signal: this.#stop.signal,
      renewMs: RENEW_MS,
      leaseMs: LEASE_MS,
      onAssigned: (assignment) => {
        progress.assigned(assignment.partitions.length);
        logger.info({ worker: name, ...assignment }, 'projecting');
      },
      onKept: () => progress.leases(true),
      onFailure: (error) => {
        progress.leases(false);
        logger.error({ err: error }, 'cannot keep the leases');
      },
      onSessionFailure: (error) => {
        progress.writeFailed();
        logger.error({ err: error }, 'cannot project: beginning anew');
      },
    });
  }

  /** Finishes the batch at hand with its checkpoint and gives the leases back. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#working;
  }

  async #project({ generation, partitions }: Assignment, signal: AbortSignal): Promise<void> {
    const { log, store, progress, logger, pageSize } = this.parts;
    const views = store.views(generation);
    const writer = new MongoViewWriter({
      views,
      onQuarantined: (stream) => {
        progress.quarantined(progress.quarantinedStreams + 1);
        logger.error({ quarantined: stream }, 'a stream cannot be projected: its views stand');
      },
    });
    progress.quarantined(await writer.quarantinedStreams());
    return project({
      log,
      writer,
      checkpoints: new MongoCheckpoints(views),
      prefixes: ledgerPrefixes,
      passing: receiptPrefixes,
      partitions,
      pageSize,
      gatherMs: GATHER_MS,
      signal,
      observer: {
        onBatch: (batch) => progress.projected(batch),
        onReadFailure: (error, failures) => {
          const level = progress.readFailed(error) ? 'error' : 'warn';
          logger[level]({ err: error, failures }, 'cannot read the log');
        },
        onWriteFailure: (error, failures) => {
          progress.writeFailed();
          logger.warn({ err: error, failures }, 'cannot write the views');
        },
      },
    });
  }
}
