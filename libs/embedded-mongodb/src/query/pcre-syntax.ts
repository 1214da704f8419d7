import { MongoError } from '../errors';

/** A pattern of JavaScript; `unicodeOnly` when it means something else without the flag `u`. */
export interface JavaScriptPattern {
  readonly source: string;
  readonly unicodeOnly: boolean;
}

const END = '(?![\\s\\S])';
/** What PCRE means and JavaScript does not, outside of a class. */
const OUTSIDE: Readonly<Record<string, string>> = {
  '\\A': '(?<![\\s\\S])',
  '\\z': END,
  '\\Z': `(?=\\n?${END})`,
  '\\s': '[ \\t-\\r]',
  '\\S': '[^ \\t-\\r]',
  '\\v': '[\\n-\\r\\x85\\u2028\\u2029]',
  '(?P<': '(?<',
};
/** The same inside of a class. */
const INSIDE: Readonly<Record<string, string>> = {
  '\\s': ' \\t-\\r',
  '\\v': '\\n-\\r\\x85\\u2028\\u2029',
  '[': '\\[',
  '[:alnum:]': '0-9A-Za-z',
  '[:alpha:]': 'A-Za-z',
  '[:blank:]': ' \\t',
  '[:cntrl:]': '\\x00-\\x1f\\x7f',
  '[:digit:]': '0-9',
  '[:graph:]': '!-~',
  '[:lower:]': 'a-z',
  '[:print:]': ' -~',
  '[:punct:]': '!-\\/:-@\\[-`{-~',
  '[:space:]': ' \\t-\\r',
  '[:upper:]': 'A-Z',
  '[:word:]': '0-9A-Za-z_',
  '[:xdigit:]': '0-9A-Fa-f',
};
/** Letters that mean the same behind a backslash; JavaScript takes any other for itself. */
const SAME_LETTERS = 'bBcdDfkntruwWxpPsSv';

const TOKENS_OUTSIDE = /\\Q.*?(?:\\E|$)|\\x\{[0-9a-f]+\}|\\.|\[\^?\]?|\(\?P<|[^]/giy;
const TOKENS_INSIDE = /\\Q.*?(?:\\E|$)|\\x\{[0-9a-f]+\}|\\.|\[:\^?\w+:\]|[^]/giy;

/**
 * Rewrites what JavaScript would silently read otherwise than PCRE, which MongoDB uses; 51091 for
 * escapes that it does not have. What is no pattern at all is left for its compiler to refuse.
 */
export function javaScriptPattern(pattern: string, flags: string): JavaScriptPattern {
  const dot = flags.includes('s') ? '.' : '[^\\n]';
  const dollar = flags.includes('m') ? '$' : `(?=\\n?${END})`;
  const outside: Readonly<Record<string, string>> = { ...OUTSIDE, '.': dot, $: dollar };
  let source = '';
  let unicodeOnly = false;
  let inClass = false;
  for (let at = 0; at < pattern.length;) {
    const tokens = inClass ? TOKENS_INSIDE : TOKENS_OUTSIDE;
    tokens.lastIndex = at;
    const token = (tokens.exec(pattern) as RegExpExecArray)[0];
    at = tokens.lastIndex;
    if (!inClass && token.startsWith('[')) {
      // A bracket that closes nothing yet stands for itself.
      source += token.replace(']', '\\]');
      inClass = true;
      continue;
    }
    if (inClass && token === ']') inClass = false;
    unicodeOnly ||= /^\\(?:[pP]|x\{)/.test(token);
    const known = inClass ? INSIDE : outside;
    const spelt = needless(token, inClass) ? token.slice(1) : token;
    source += Object.hasOwn(known, token) ? known[token] : sameInBoth(spelt, pattern);
  }
  return { source, unicodeOnly };
}

/** A backslash that JavaScript refuses with the flag `u`: without that, it reads halves of letters. */
function needless(token: string, inClass: boolean): boolean {
  return /^\\[^A-Za-z0-9^$\\.*+?()[\]{}|/]$/.test(token) && !(inClass && token === '\\-');
}

function sameInBoth(token: string, pattern: string): string {
  if (token.startsWith('\\Q')) {
    return token
      .slice(2)
      .replace(/\\E$/, '')
      .replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
      .replaceAll('-', '\\x2d');
  }
  if (token.startsWith('\\x{')) return `\\u${token.slice(2)}`;
  const letter = /^\\([A-Za-z])/.exec(token)?.[1];
  if ((letter && !SAME_LETTERS.includes(letter)) || token.startsWith('[:')) {
    throw new MongoError(
      51091,
      `Regular expression is invalid: ${token} is not supported by this server: ${pattern}`,
    );
  }
  return token;
}
