import { randomUUID } from 'node:crypto';
import type { Db } from 'mongodb';
import { renewRebuild, releaseRebuild } from '../generations/generations';

/** A rebuild that was killed keeps others waiting for this long at most. */
const TURN_MS = 30_000;
const RENEW_MS = 5_000;

/** Two rebuilds at once would fill, and drop, the same collections: the later one is refused. */
export class RebuildUnderWay extends Error {
  readonly code = 'RebuildUnderWay';
  readonly retryable = true;

  constructor() {
    super(
      'another rebuild of the views is under way; ' +
        `one that was killed counts as ended after ${TURN_MS / 1000} s`,
    );
    this.name = 'RebuildUnderWay';
  }
}

/** A rebuild's turn: who has it, and the signal that it was lost. */
export interface RebuildTurn {
  readonly owner: string;
  readonly lost: AbortSignal;
}

/**
 * Runs a rebuild when no other one is under way, else throws `RebuildUnderWay`. The turn is
 * renewed while the work lasts; whoever stood still for so long that another one began is told.
 */
export async function inRebuildTurn<Result>(
  db: Db,
  work: (turn: RebuildTurn) => Promise<Result>,
): Promise<Result> {
  const owner = randomUUID();
  const renew = () => renewRebuild(db, owner, new Date(), new Date(Date.now() + TURN_MS));
  if (!(await renew())) throw new RebuildUnderWay();
  const lost = new AbortController();
  const renewing = setInterval(() => {
    // A store that does not answer stops the work by itself.
    const held = renew().catch(() => true);
    void held.then((isHeld) => isHeld || lost.abort(new RebuildUnderWay()));
  }, RENEW_MS);
  try {
    return await work({ owner, lost: lost.signal });
  } finally {
    clearInterval(renewing);
    await releaseRebuild(db, owner).catch(() => undefined);
  }
}
