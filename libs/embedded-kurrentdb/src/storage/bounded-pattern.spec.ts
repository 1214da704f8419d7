import { compilePattern, PatternError } from './bounded-pattern';

const hostile = 'a'.repeat(40) + 'b';

describe('patterns of clients', () => {
  test.each([
    ['^order-', 'order-1', true],
    ['^[^$].*', '$system', false],
    ['^(?!\\$)', '$system', false],
    ['^(?!\\$)', 'order-1', true],
    ['^a{2,3}$', 'aa', true],
  ])('%s on %s: %s', (pattern, text, matches) => {
    expect(compilePattern(pattern).test(text)).toBe(matches);
  });

  test('that would backtrack for ever answer in linear time', () => {
    expect(compilePattern('^(a+)+$').test(hostile)).toBe(false);
  });

  test.each(['^(a+)+(?=c)$', '^(a+)+\\1$', '^(a+){1,40}$'])('%s is ended', (pattern) => {
    const begun = performance.now();
    try {
      expect(compilePattern(pattern).test(hostile)).toBe(false);
    } catch (error) {
      expect(error).toBeInstanceOf(PatternError);
    }
    expect(performance.now() - begun).toBeLessThan(5_000);
  });

  test.each(['(', 'x'.repeat(5_000)])('that are none are refused', (pattern) => {
    expect(() => compilePattern(pattern)).toThrow(PatternError);
  });
});
