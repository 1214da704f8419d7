/**
 * Linearizability of recorded histories, after Wing and Gong (1993) with Lowe's memoisation (2017):
 * a history is linearizable when its operations can be put into one order that respects real time
 * (an operation that ended before another began comes first) and explains every answer.
 */
export interface Operation<State> {
  readonly name: string;
  /** When it was sent and answered, by one clock; an operation without an answer never ended. */
  readonly invokedAt: number;
  readonly answeredAt: number;
  /** Certain: it took effect exactly as answered. Unknown: it may have taken effect, or never. */
  readonly outcome: 'certain' | 'unknown';
  /** The state after it, or undefined when its answer is impossible in this state. */
  apply(state: State): State | undefined;
}

export interface Verdict {
  readonly linearizable: boolean;
  /** One order that explains the history, or the longest one that was found before it broke. */
  readonly order: readonly string[];
}

/** The search gives up (throws) beyond this many states: a history should be small. */
const STATES_MAX = 2_000_000;

/** Searches for a linearization. `key` must tell states apart. */
export function checkLinearizable<State>(
  operations: readonly Operation<State>[],
  initial: State,
  key: (state: State) => string,
): Verdict {
  const sorted = [...operations].sort((a, b) => a.invokedAt - b.invokedAt);
  const seen = new Set<string>();
  const taken = new Array<boolean>(sorted.length).fill(false);
  let longest: string[] = [];
  const order: string[] = [];

  const search = (state: State): boolean => {
    if (order.length > longest.length) longest = [...order];
    if (sorted.every((op, i) => taken[i] || op.outcome === 'unknown')) return true;
    const mark = `${taken.map((t) => (t ? '1' : '0')).join('')} ${key(state)}`;
    if (seen.has(mark)) return false;
    seen.add(mark);
    if (seen.size > STATES_MAX) throw new Error('the history is too large to be checked');
    const firstAnswer = Math.min(...sorted.map((op, i) => (taken[i] ? Infinity : op.answeredAt)));
    for (const [i, op] of sorted.entries()) {
      if (op.invokedAt > firstAnswer) break;
      if (taken[i]) continue;
      const next = op.apply(state);
      if (next === undefined) continue;
      taken[i] = true;
      order.push(op.name);
      if (search(next)) return true;
      order.pop();
      taken[i] = false;
    }
    return false;
  };

  const linearizable = search(initial);
  return { linearizable, order: linearizable ? order : longest };
}
