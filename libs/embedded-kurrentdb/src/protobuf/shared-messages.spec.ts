import fc from 'fast-check';
import { checkedUuid } from './shared-messages';

const pattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

describe('a checked UUID', () => {
  test('is the text in lower case', () => {
    fc.assert(
      fc.property(fc.uuid(), (id) => {
        expect(checkedUuid(id)).toBe(id);
        expect(checkedUuid(id.toUpperCase())).toBe(id);
      }),
    );
  });

  test('is nothing else', () => {
    const character = fc.constantFrom(...'09afAFg-/:@`é\u{100}', '');
    const almost = fc
      .tuple(fc.uuid(), fc.nat(36), character)
      .map(([id, at, other]) => id.slice(0, at) + other + id.slice(at + 1));
    fc.assert(
      fc.property(almost, (text) => {
        if (pattern.test(text)) expect(checkedUuid(text)).toBe(text.toLowerCase());
        else expect(() => checkedUuid(text)).toThrow('is no UUID');
      }),
      { numRuns: 500 },
    );
  });
});
