/**
 * What an answer is true for: the entries recorded up to `position` that were effective at or
 * before `asOf`. Two answers at one moment fit together, whatever was recorded in between.
 */
export interface Moment {
  /** The last position of the log that counts; -1: nothing was recorded yet. */
  readonly position: bigint;
  /** Effective time in ms, inclusive; null: whatever is recorded counts. */
  readonly asOf: number | null;
  /** Nothing that will ever be recorded can change the answer. */
  readonly final: boolean;
}

/** A place so far up the log that whatever is recorded at or before `position` lies before it. */
export const endOf = (position: bigint): bigint => position + 1n;

/** Effective times in ms. */
export interface EffectiveRange {
  /** Inclusive. */
  readonly from?: number | undefined;
  /** Exclusive. */
  readonly to?: number | undefined;
}

/** The effective times of a range that count at a moment, as a condition on a field. */
export function effectiveWithin({ from, to = Infinity }: EffectiveRange, { asOf }: Moment) {
  const end = asOf === null ? to : Math.min(to, asOf + 1);
  return {
    ...(from !== undefined && { $gte: new Date(from) }),
    ...(end !== Infinity && { $lt: new Date(end) }),
  };
}
