/**
 * The time a decision stands at: its clock, but never before the newest event of any stream it
 * read. So `at` never goes back in a stream, and no decision depends on whose clock is ahead.
 */
export function decidedAt(
  now: string,
  states: Iterable<{ readonly at: string } | undefined>,
): string {
  let latest = now;
  for (const state of states) if (state && state.at > latest) latest = state.at;
  return latest;
}
