import { setFlagsFromString } from 'node:v8';
import { createContext, Script, type Context } from 'node:vm';

/** Something that texts match or not. */
export interface Pattern {
  /** As the client wrote it. */
  readonly source: string;
  test(text: string): boolean;
}

/** A client's pattern is none, or it takes too long. */
export class PatternError extends Error {
  readonly code = 'Pattern';
  readonly retryable = false;
}

const lengthMax = 4_096;
const msMax = 100;

// Patterns that backtrack too much then go on in V8's linear-time engine instead of for ever.
setFlagsFromString('--enable-experimental-regexp-engine-on-excessive-backtracks');

/**
 * Compiles a client's pattern so that no text can make it hang the server. UTF-16 as in .NET, so
 * without the flag `u`. What the linear engine cannot do (look-arounds, back-references) is timed
 * instead.
 */
export function compilePattern(pattern: string): Pattern {
  if (pattern.length > lengthMax) {
    throw new PatternError(`a pattern has at most ${lengthMax} characters`);
  }
  let regex: RegExp;
  try {
    regex = new RegExp(pattern);
  } catch {
    throw new PatternError(`Invalid pattern '${pattern}'.`);
  }
  const linear = !/\\[1-9k]|\(\?[=!<]|\{\d*,?\d*\}/.test(pattern);
  return linear ? regex : new TimedPattern(regex);
}

/** Runs in a context of its own, because only such code can be ended. */
class TimedPattern implements Pattern {
  private readonly context: Context & { text: string };
  private readonly script = new Script('regex.test(text)');
  readonly source: string;

  constructor(regex: RegExp) {
    this.source = regex.source;
    this.context = createContext({ regex, text: '' }) as Context & { text: string };
  }

  test(text: string): boolean {
    this.context.text = text;
    try {
      return this.script.runInContext(this.context, { timeout: msMax }) as boolean;
    } catch {
      throw new PatternError(`the pattern takes longer than ${msMax} ms on one text`);
    }
  }
}
