import type { ClockView } from '@daybook/ledger-contracts';

/** Recorded seconds live in this one partition's hands: every group ticks, whoever it touches. */
export const CLOCK_PARTITION = 0;

/** The beginning of the second that an instant lies in. */
export const secondOf = (instant: Date): Date =>
  new Date(Math.floor(instant.getTime() / 1000) * 1000);

/** A second after a group was recorded in it; groups of one millisecond share a tick. */
export function tick(
  view: ClockView | undefined,
  group: { readonly position: bigint; readonly recordedAt: Date },
): ClockView {
  const { position, recordedAt } = group;
  if (view !== undefined && view.position >= position) return view;
  const before = view?.ticks ?? [];
  const others =
    before.at(-1)?.at.getTime() === recordedAt.getTime() ? before.slice(0, -1) : before;
  return {
    _id: secondOf(recordedAt),
    position,
    ticks: [...others, { at: recordedAt, position }],
  };
}
