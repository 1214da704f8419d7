import { BsonRegex } from '../bson/values';
import { compileRegex } from './regex';

// Expected values are PCRE's, with its flag for UTF-8 and none of the others, as MongoDB has it.
test.each<[pattern: string, options: string, passes: string[], fails: string[]]>([
  ['\\Aabc', 'm', ['abc'], ['x\nabc', 'A']],
  ['abc\\z', '', ['abc'], ['abc\n', 'abcz']],
  ['abc\\Z', '', ['abc', 'abc\n'], ['abc\n\n', 'abcZ']],
  ['abc$', '', ['abc', 'abc\n'], ['abc\n\n', 'abc\nx']],
  ['abc$', 'm', ['abc\nx'], ['abcx']],
  ['a.c', '', ['a\rc', 'a\u2028c', 'a😀c'], ['a\nc']],
  ['a.c', 's', ['a\nc'], ['ac']],
  ['a[.$]c', '', ['a.c', 'a$c'], ['abc', 'ac']],
  ['\\s', '', ['\t', '\v', ' '], ['\u00a0', 's']],
  ['[\\s,]', '', ['\n', ','], ['\u00a0', 's']],
  ['^\\S+$', '', ['a\u00a0b'], ['a b']],
  ['[[:upper:]]', '', ['aB'], ['a:]', 'u']],
  ['^[^[:space:][:digit:]]$', '', ['a', '['], [' ', '1']],
  ['[]a]', '', [']', 'a'], ['b']],
  ['[^]a]x', '', ['bx'], [']x', 'ax']],
  ['[[]', '', ['['], ['a']],
  ['\\Qa.c*\\E?', '', ['a.c*', 'a.c'], ['abc']],
  ['[\\Qa-c]\\E]', '', ['-', ']', 'c'], ['b']],
  ['\\Q[a', '', ['[a'], ['a']],
  ['\\p{Lu}', '', ['É'], ['lu', 'p']],
  ['[\\p{Lu}\\d\\-]\\-\\_', '', ['É-_', '1-_', '--_'], ['p-_', '-']],
  ['\\x{e9}|\\x41', '', ['é', 'A'], ['x']],
  ['(?P<first>a)\\k<first>', '', ['aa'], ['a']],
  ['\\d\\w\\b', '', ['1a '], ['1 ']],
  ['\\/\\-\\_', '', ['/-_'], ['\\']],
  ['(?s)a.c', '', ['a\nc'], ['ac']],
  ['a{2}\\.\\$', '', ['aa.$'], ['aa', 'aax$']],
])('%j with the options %j', (pattern, options, passes, fails) => {
  const regex = compileRegex(new BsonRegex(pattern, options));
  expect(passes.filter((text) => !regex.test(text))).toEqual([]);
  expect(fails.filter((text) => regex.test(text))).toEqual([]);
});

test.each(['\\h', '\\K', '\\R', '\\G', '[\\A]', '[[:^alpha:]]', '[[:what:]]', 'a++', '(?>a)'])(
  '%s is refused, not taken for something else',
  (pattern) => {
    expect(() => compileRegex(new BsonRegex(pattern, ''))).toThrow(
      expect.objectContaining({ code: 51091 }),
    );
  },
);
