/** Where services take the time from; never read inside a decision or a projection. */
export interface Clock {
  now(): Date;
}

/** A clock that stands still until it is told otherwise. */
export function fixedClock(start: Date): Clock & { set(to: Date): void } {
  let current = start;
  return {
    now: () => current,
    set: (to) => {
      current = to;
    },
  };
}
