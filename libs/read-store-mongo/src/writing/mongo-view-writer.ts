import {
  foldBatch,
  readGroups,
  viewKeys,
  type BatchChanges,
  type LogGroup,
  type ReadGroup,
  type ViewKeys,
} from '@daybook/read-model';
import type { QuarantineView } from '@daybook/ledger-contracts';
import type { ViewWriter } from '@daybook/subscription';
import type { Document } from 'mongodb';
import { collectionName, type ViewName } from '../collections/collection-names';
import type { Views } from '../collections/views';
import { writeGuarded, type GuardedChange } from './guarded-writes';
import { loadViews } from './load-views';
import { RecentViews } from './recent-views';
import { lateEntry, storedEntry, storedExternal, storedTotal } from './stored-views';
import { insertAbsent } from './write-commands';

/** More streams in quarantine than this are no poison events but a broken deployment: stop. */
export const MAX_QUARANTINED = 10_000;

/** How often a batch is read and folded again because someone else wrote its documents. */
const MAX_ROUNDS = 20;

/** Too many workers wrote the same documents at once; trying again later is safe. */
export class TooMuchInterference extends Error {
  readonly code = 'TooMuchInterference';
  readonly retryable = true;
}

/** Something is wrong with the log or this build as a whole, not with single streams. */
export class TooManyQuarantined extends Error {
  readonly code = 'TooManyQuarantined';
  readonly retryable = false;
}

export interface ViewWriterOptions {
  readonly views: Views;
  readonly onQuarantined?: (stream: QuarantineView) => void;
}

/**
 * Folds batches into the views of one generation: documents loaded by one find a collection,
 * folded in memory, written by one guarded bulk a collection; points before documents.
 */
export class MongoViewWriter implements ViewWriter {
  #quarantined: Map<string, number> | undefined;
  #recent = new RecentViews();

  constructor(private readonly options: ViewWriterOptions) {}

  /** How many streams are in quarantine, those of other workers as they were at first. */
  async quarantinedStreams(): Promise<number> {
    this.#quarantined ??= await loadQuarantined(this.options.views);
    return this.#quarantined.size;
  }

  async apply(groups: readonly LogGroup[], partitions: readonly number[]): Promise<void> {
    const own = new Set(partitions);
    const read = readGroups(groups, own);
    let keys = viewKeys(read, own, 'begun before');
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const written = await this.#round(read, own, keys);
      if (written) return;
      keys = viewKeys(read, own, 'any');
    }
    throw new TooMuchInterference(`other workers changed a batch's views ${MAX_ROUNDS} times`);
  }

  /** False when someone else wrote in between: what was not theirs is written. */
  async #round(
    groups: readonly ReadGroup[],
    own: ReadonlySet<number>,
    keys: ViewKeys,
  ): Promise<boolean> {
    const { views } = this.options;
    this.#quarantined ??= await loadQuarantined(views);
    const recent = this.#recent;
    // Kept again once all is known to be written; a failure on the way leaves nothing remembered.
    this.#recent = new RecentViews();
    const loaded = await loadViews(views, keys, recent);
    const changes = foldBatch(groups, own, loaded, this.#quarantined);
    await this.#quarantine(changes.quarantine);
    await writePoints(views, changes);
    if (!(await writeDocuments(views, changes))) return false;
    recent.keep(changes);
    this.#recent = recent;
    return true;
  }

  async #quarantine(streams: readonly QuarantineView[]): Promise<void> {
    if (streams.length === 0) return;
    const quarantined = (this.#quarantined ??= new Map());
    if (quarantined.size + streams.length > MAX_QUARANTINED) {
      throw new TooManyQuarantined(`more than ${MAX_QUARANTINED} streams cannot be projected`);
    }
    const { db, generation } = this.options.views;
    await insertAbsent(db, collectionName('quarantine', generation), streams);
    for (const stream of streams) {
      quarantined.set(stream._id, stream.revision);
      this.options.onQuarantined?.(stream);
    }
  }
}

async function loadQuarantined(views: Views): Promise<Map<string, number>> {
  const streams = await views
    .collection('quarantine')
    .find({}, { projection: { revision: 1 } })
    .toArray();
  return new Map(streams.map(({ _id, revision }) => [_id, revision]));
}

/** What is there already is the same: points are functions of the log. */
async function writePoints(views: Views, changes: BatchChanges): Promise<void> {
  const { entries, holds, states } = changes;
  const insert = (name: ViewName, points: readonly Document[]) =>
    insertAbsent(views.db, collectionName(name, views.generation), points);
  await Promise.all([
    insert('entries', entries.map(storedEntry)),
    insert('late_entries', entries.filter(({ late }) => late).map(lateEntry)),
    insert('holds', holds),
    insert('account_states', states),
  ]);
}

async function writeDocuments(views: Views, changes: BatchChanges): Promise<boolean> {
  const write = (name: ViewName, documents: readonly GuardedChange[], guard: readonly string[]) =>
    writeGuarded(views.db, collectionName(name, views.generation), documents, guard);
  const written = await Promise.all([
    write('accounts', changes.accounts, ['revision']),
    write('transactions', changes.transactions, ['revision']),
    write(
      'external_accounts',
      changes.external_accounts.map(({ before, after }) => ({
        before,
        after: storedExternal(after),
      })),
      ['position', 'posting'],
    ),
    write(
      'totals',
      changes.totals.map(({ before, after }) => ({ before, after: storedTotal(after) })),
      ['position'],
    ),
    write('clock', changes.clock, ['position']),
  ]);
  return written.every(Boolean);
}
