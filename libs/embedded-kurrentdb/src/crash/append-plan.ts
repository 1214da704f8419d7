/** One append of the recorded run; its events carry its number and so can be told apart. */
export interface PlannedAppend {
  readonly n: number;
  /** 'conflicting' and 'violating' ones are refused. */
  readonly kind: 'one' | 'several' | 'conflicting' | 'violating';
  readonly streams: readonly string[];
}

/** The appends of a run of that length, the same in the process and in the check. */
export function planOf(count: number): PlannedAppend[] {
  return Array.from({ length: count }, (_, n) => {
    const stream = (k: number) => `crash-${(n * 7 + k * 3) % 11}`;
    const three = [...new Set([stream(0), stream(1), `transaction-${n}`])];
    if (n % 10 === 3) return { n, kind: 'conflicting', streams: [stream(0)] };
    if (n % 10 === 7) return { n, kind: 'violating', streams: three };
    return n % 2 === 0
      ? { n, kind: 'one', streams: [stream(0)] }
      : { n, kind: 'several', streams: three };
  });
}
