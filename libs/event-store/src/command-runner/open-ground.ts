import type { Ground } from './task';

/** What a report still needs shown, by reads that begin after a logical time. */
export interface OpenGround<State> {
  readonly grounds: readonly Ground<State>[];
  readonly since: number;
}

/**
 * The grounds to be shown again until there is one moment, at or after the arrival, at which all
 * were current together: two streams, each current at some time, may lie on two sides of a write
 * to both. None is, between `takenOverAt` and `shownAt`, anything else than it was decided on; so
 * what is shown by reads begun after the last was taken over was all current as they began.
 *
 * The last one taken over, and what the same append showed, need no second look when the others
 * had been taken over before its evidence began: then the moment is that evidence's own.
 */
export function openGround<State>(
  grounds: readonly Ground<State>[],
  arrivedAt: number,
): OpenGround<State> {
  let [takenOverAt, shownAt] = [-1, -1];
  for (const { entry } of grounds) {
    if (entry.takenOverAt < takenOverAt) continue;
    ({ takenOverAt, shownAt } = entry);
  }
  const since = Math.max(arrivedAt, takenOverAt);
  const anchored =
    shownAt > arrivedAt &&
    grounds.every(({ entry }) => entry.shownAt === shownAt || entry.takenOverAt < shownAt);
  const open = grounds.filter(
    ({ entry }) => !(anchored && entry.shownAt === shownAt) && !entry.provenSince(since),
  );
  return { grounds: open, since };
}
