import type { EventLog } from '@daybook/event-store';
import { allPartitions } from '@daybook/ledger-contracts';
import { lowestPlace } from '@daybook/subscription';
import { lowestCheckpoint } from '../checkpoints/mongo-checkpoints';
import type { ReadStore } from '../connection/read-store';
import { readGenerations, switchGeneration } from '../generations/generations';
import { checkpointsOf, isSameLog } from './log-of-views';

/** There are no other views that could answer: those that do go on. */
export class NothingToGoBackTo extends Error {
  readonly code = 'NothingToGoBackTo';
  readonly retryable = false;

  constructor(reason: string) {
    super(`there is nothing to go back to: ${reason}`);
    this.name = 'NothingToGoBackTo';
  }
}

/** Someone else switched in the same moment: whether to go back still is for a human to say. */
export class SwitchedMeanwhile extends Error {
  readonly code = 'SwitchedMeanwhile';
  readonly retryable = true;

  constructor(from: number) {
    super(`generation ${from} answered and does no more: someone else has switched meanwhile`);
    this.name = 'SwitchedMeanwhile';
  }
}

export interface BackOptions {
  readonly store: ReadStore;
  readonly log: EventLog;
  readonly signal: AbortSignal;
}

export interface BackReport {
  readonly from: number;
  readonly to: number;
  /** How far the views are that answer now, and the ones that did; a projector takes them on. */
  readonly position: bigint;
  readonly positionBefore: bigint;
}

/**
 * Lets the kept generation of the views answer again, at once and from where it stands, and keeps
 * the other one instead. Waits for no rebuild: one that is under way finds out and does not switch.
 * Throws `NothingToGoBackTo` and `SwitchedMeanwhile`; nothing has changed then.
 */
export async function goBack({ store, log, signal }: BackOptions): Promise<BackReport> {
  const known = await readGenerations(store.db);
  if (!known || known.previous === null) {
    throw new NothingToGoBackTo('no rebuild has switched yet, so no other views are kept');
  }
  const { live: from, previous: to } = known;
  const kept = await checkpointsOf(store, to);
  const { position } = lowestPlace(allPartitions, kept);
  if (position === 'start') {
    throw new NothingToGoBackTo(`generation ${to} is kept, but was never filled`);
  }
  if (!(await isSameLog(log, kept, signal))) {
    throw new NothingToGoBackTo(
      `generation ${to} is kept, but was projected from another log or a newer state of this one`,
    );
  }
  const before = await lowestCheckpoint(store.views(from));
  if (!(await switchGeneration(store.db, known, { to, abandoned: true }))) {
    throw new SwitchedMeanwhile(from);
  }
  return { from, to, position, positionBefore: before?.position ?? -1n };
}
