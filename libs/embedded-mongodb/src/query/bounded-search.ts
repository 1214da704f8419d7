import { createContext, Script } from 'node:vm';
import { MongoError } from '../errors';

const MS_MAX = 100;
/** Steps that end soon enough to need no watch. */
const STEPS_MAX = 10_000_000;
/** Longest text on which a repeated group, whose steps double with each character, needs none. */
const DOUBLING_MAX = 16;

const search = createContext() as { run: () => unknown };
// Only code in a context of its own can be ended.
const script = new Script('run()');

/**
 * Runs a search of a text by a client's expression, and ends it with 51156 after 100 ms, as
 * MongoDB ends one that backtracks too much: it would hold up everyone else. Watching costs a tenth
 * of a millisecond, so texts too short to need it are not watched.
 */
export function boundedSearch<T>(regex: RegExp, text: string, run: () => T): T {
  if (text.length <= harmlessLength(regex)) return run();
  search.run = run;
  try {
    return script.runInContext(search, { timeout: MS_MAX }) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    throw new MongoError(
      51156,
      `the regular expression takes longer than ${MS_MAX} ms on one text`,
    );
  } finally {
    search.run = () => undefined;
  }
}

const lengths = new WeakMap<RegExp, number>();

function harmlessLength(regex: RegExp): number {
  let length = lengths.get(regex);
  if (length === undefined) lengths.set(regex, (length = lengthOf(regex.source)));
  return length;
}

/** With n repetitions a search takes at most about length ** (n + 1) steps. */
function lengthOf(source: string): number {
  const bare = source.replace(/\\.|\[(?:\\.|[^\]])*\]/gs, 'x').replaceAll('(?', '(');
  if (/\)[*+{]/.test(bare)) return DOUBLING_MAX;
  const repetitions = bare.match(/[*+?{]/g)?.length ?? 0;
  return repetitions === 0 ? Infinity : Math.floor(STEPS_MAX ** (1 / (repetitions + 1)));
}
