import { typeNameOf } from '../bson/type-names';
import { BsonRegex, type Doc, docOf, type Value } from '../bson/values';
import { MongoError } from '../errors';
import { toInt64 } from '../numbers/arithmetic';
import { isNumeric } from '../numbers/compare-numbers';
import { compareStrings } from '../ordering/compare';
import { boundedSearch } from '../query/bounded-search';
import { compileRegex } from '../query/regex';
import { namedArguments, operator } from './arguments';
import { textOf } from './conversion-operators';
import type { OperatorCompiler, OperatorTable } from './context';
import { isNullish } from './truth';

function text(value: Value | undefined, name: string): string {
  if (isNullish(value)) return '';
  if (typeof value === 'string') return value;
  throw new MongoError(16702, `${name} only supports strings, not ${typeNameOf(value)}`);
}

function whole(value: Value | undefined, name: string): number {
  const integer = value !== undefined && isNumeric(value) ? toInt64(value) : undefined;
  if (integer === undefined) throw new MongoError(16034, `${name}: needs whole numbers`);
  return Number(integer);
}

function substring(value: string, start: number, count: number): string {
  const points = [...value];
  if (start < 0) throw new MongoError(50752, 'the starting index must be non-negative');
  return points.slice(start, count < 0 ? undefined : start + count).join('');
}

function substringBytes(value: string, start: number, count: number): string {
  const bytes = Buffer.from(value);
  if (start < 0) throw new MongoError(50752, 'the starting index must be non-negative');
  return bytes.subarray(start, count < 0 ? undefined : start + count).toString();
}

function trim(side: 'both' | 'left' | 'right'): OperatorCompiler {
  return (operand, compile, name) => {
    const args = namedArguments(operand, compile, name, ['input'], ['chars']);
    return (context) => {
      const value = args.input?.(context);
      if (isNullish(value)) return null;
      const chars = args.chars?.(context);
      const drop = new Set(
        isNullish(chars) ? ' \t\n\v\f\r\0\u00a0\u2000\u2003' : text(chars, name),
      );
      const points = [...text(value, name)];
      let [from, to] = [0, points.length];
      if (side !== 'right') while (from < to && drop.has(points[from] as string)) from++;
      if (side !== 'left') while (to > from && drop.has(points[to - 1] as string)) to--;
      return points.slice(from, to).join('');
    };
  };
}

function regexOperator(run: (regex: RegExp, input: string) => Value): OperatorCompiler {
  return (operand, compile, name) => {
    const args = namedArguments(operand, compile, name, ['input', 'regex'], ['options']);
    return (context) => {
      const input = args.input?.(context);
      const regex = args.regex?.(context);
      const options = args.options?.(context);
      const none = name === '$regexMatch' ? false : name === '$regexFind' ? null : [];
      if (isNullish(input) || isNullish(regex)) return none;
      const pattern = regex instanceof BsonRegex ? regex.pattern : text(regex, name);
      const own = regex instanceof BsonRegex ? regex.options : '';
      const flags = typeof options === 'string' ? options : own;
      const compiled = compileRegex(new BsonRegex(pattern, flags));
      const searched = text(input, name);
      const global = new RegExp(compiled.source, `${compiled.flags}g`);
      return boundedSearch(global, searched, () => run(global, searched));
    };
  };
}

function found(match: RegExpExecArray): Doc {
  const idx = [...match.input.slice(0, match.index)].length;
  return docOf({ match: match[0], idx, captures: match.slice(1).map((part) => part ?? null) });
}

function replacing(all: boolean): OperatorCompiler {
  return (operand, compile, name) => {
    const args = namedArguments(operand, compile, name, ['input', 'find', 'replacement']);
    return (context) => {
      const parts = [args.input, args.find, args.replacement].map((arg) => arg?.(context));
      if (parts.some(isNullish)) return null;
      const [input = '', find = '', replacement = ''] = parts.map((part) => text(part, name));
      return all
        ? input.replaceAll(find, () => replacement)
        : input.replace(find, () => replacement);
    };
  };
}

/** Text. */
export const STRING_OPERATORS: OperatorTable = {
  $concat: operator(0, Infinity, (args, name) =>
    args.some(isNullish) ? null : joined(args.map((arg) => text(arg, name))),
  ),
  $toLower: operator(1, 1, ([value]) => (isNullish(value) ? '' : textOf(value).toLowerCase())),
  $toUpper: operator(1, 1, ([value]) => (isNullish(value) ? '' : textOf(value).toUpperCase())),
  $strLenCP: operator(1, 1, ([value], name) => [...needed(value, name)].length),
  $strLenBytes: operator(1, 1, ([value], name) => Buffer.byteLength(needed(value, name))),
  $strcasecmp: operator(2, 2, ([a, b], name) =>
    Math.sign(compareStrings(text(a, name).toUpperCase(), text(b, name).toUpperCase())),
  ),
  $substrCP: operator(3, 3, ([value, start, count], name) =>
    substring(text(value, name), whole(start, name), whole(count, name)),
  ),
  $substr: operator(3, 3, ([value, start, count], name) =>
    substringBytes(isNullish(value) ? '' : textOf(value), whole(start, name), whole(count, name)),
  ),
  $substrBytes: operator(3, 3, ([value, start, count], name) =>
    substringBytes(isNullish(value) ? '' : textOf(value), whole(start, name), whole(count, name)),
  ),
  $indexOfCP: operator(2, 4, ([value, wanted, start, end], name) => {
    if (isNullish(value)) return null;
    const points = [...text(value, name)];
    const from = start === undefined ? 0 : whole(start, name);
    const to = end === undefined ? points.length : whole(end, name);
    if (from > points.length || from > to) return -1;
    const at = points.slice(from, to).join('').indexOf(needed(wanted, name));
    return at < 0 ? -1 : from + [...points.slice(from, to).join('').slice(0, at)].length;
  }),
  $split: operator(2, 2, ([value, separator], name) => {
    if (isNullish(value) || isNullish(separator)) return null;
    const by = text(separator, name);
    if (by === '') throw new MongoError(40087, '$split requires a non-empty separator');
    return text(value, name).split(by);
  }),
  $trim: trim('both'),
  $ltrim: trim('left'),
  $rtrim: trim('right'),
  $replaceOne: replacing(false),
  $replaceAll: replacing(true),
  $regexMatch: regexOperator((regex, input) => regex.test(input)),
  $regexFind: regexOperator((regex, input) => {
    const match = regex.exec(input);
    return match ? found(match) : null;
  }),
  $regexFindAll: regexOperator((regex, input) =>
    [...input.matchAll(regex)].map((match) => found(match as RegExpExecArray)),
  ),
};

/** As many as a document may have bytes. */
const TEXT_MAX = 16 * 1024 * 1024;

/** Stages can double a text again and again: no document could hold what is refused here. */
function joined(texts: readonly string[]): string {
  const length = texts.reduce((sum, { length }) => sum + length, 0);
  if (length > TEXT_MAX) {
    throw new MongoError(10334, `$concat makes a text of ${length} characters, too large to store`);
  }
  return texts.join('');
}

function needed(value: Value | undefined, name: string): string {
  if (typeof value === 'string') return value;
  throw new MongoError(34473, `${name} requires a string argument, found: ${typeNameOf(value)}`);
}
