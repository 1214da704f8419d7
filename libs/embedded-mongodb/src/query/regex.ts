import { BsonRegex, BsonSymbol, type Value } from '../bson/values';
import { badValue, MongoError } from '../errors';
import { boundedSearch } from './bounded-search';
import { javaScriptPattern } from './pcre-syntax';

const OPTIONS = /^[imsxu]*$/;
const PATTERN_MAX = 16_384;

/** A JavaScript RegExp that means the same as a stored expression; 51091 where there is none. */
export function compileRegex(regex: BsonRegex): RegExp {
  if (!OPTIONS.test(regex.options)) {
    throw new MongoError(51108, `invalid flag in regex options: ${regex.options}`);
  }
  if (regex.pattern.length > PATTERN_MAX) throw badValue('Regular expression is too long');
  const flags = [...new Set(regex.options)].filter((flag) => 'ims'.includes(flag)).join('');
  const extended = regex.options.includes('x');
  const pattern = extended ? withoutComments(regex.pattern) : regex.pattern;
  const inline = /^\(\?([ims]+)\)/.exec(pattern);
  const source = inline ? pattern.slice(inline[0].length) : pattern;
  const all = [...new Set(flags + (inline?.[1] ?? ''))].join('');
  const translated = javaScriptPattern(source, all);
  for (const unicode of translated.unicodeOnly ? ['u'] : ['u', '']) {
    try {
      return new RegExp(translated.source, all + unicode);
    } catch {
      // Patterns with needless escapes are only valid without the u flag.
    }
  }
  throw new MongoError(51091, `Regular expression is invalid: ${regex.pattern}`);
}

function withoutComments(pattern: string): string {
  return pattern.replace(/\\.|\[(?:\\.|[^\]])*\]|\s+|#.*$/gm, (part) =>
    part.startsWith('\\') || part.startsWith('[') ? part : '',
  );
}

/** The text that every match must begin with, for `^literal` without options; else undefined. */
export function literalPrefix(regex: BsonRegex): string | undefined {
  if (regex.options !== '') return undefined;
  const match = /^\^([A-Za-z0-9 _\-@:/,;=<>~"'#%&!]+)(.?)/s.exec(regex.pattern);
  if (!match || regex.pattern.includes('|')) return undefined;
  const literal = match[1] as string;
  const last = match[2] as string;
  const quantified = last !== '' && '*?+{'.includes(last);
  const prefix = quantified ? literal.slice(0, -1) : literal;
  return prefix === '' ? undefined : prefix;
}

/** A test of strings against the expression; an equal stored expression passes too. */
export function regexTest(regex: BsonRegex): (value: Value | undefined) => boolean {
  const compiled = compileRegex(regex);
  const passes = (text: string): boolean =>
    boundedSearch(compiled, text, () => compiled.test(text));
  return (value) => {
    if (typeof value === 'string') return passes(value);
    if (value instanceof BsonSymbol) return passes(value.text);
    return (
      value instanceof BsonRegex &&
      value.pattern === regex.pattern &&
      value.options === regex.options
    );
  };
}
