import fc from 'fast-check';
import { decodeCursor, encodeCursor } from './cursor';

const code = (act: () => unknown) => {
  try {
    act();
    return 'accepted';
  } catch (error) {
    return (error as { extensions?: { code?: string } }).extensions?.code;
  }
};

describe('a cursor', () => {
  it('gives back what it was made of', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 59n), max: 2n ** 59n }), fc.nat(), (time, posting) => {
        const cursor = encodeCursor('entry', [time, posting]);
        expect(decodeCursor('entry', cursor, ['integer', 'integer'])).toEqual([
          time.toString(),
          posting.toString(),
        ]);
      }),
    );
    const cursor = encodeCursor('line', ['@bank:CZK']);
    expect(decodeCursor('line', cursor, ['name'])).toEqual(['@bank:CZK']);
  });

  const raw = (text: string) => Buffer.from(text).toString('base64url');
  it.each([
    ['nonsense', 'nonsense'],
    ['nothing', ''],
    ['another list', encodeCursor('account', ['1', '2'])],
    ['too few parts', raw('entry 1')],
    ['too many parts', raw('entry 1 2 3')],
    ['no number', raw('entry 1 x')],
    ['a number in another writing', raw('entry 1 02')],
    ['another writing of base64', `${encodeCursor('entry', ['1', '2'])}=`],
    ['something endless', 'A'.repeat(10_000)],
  ])('that is %s is refused', (_, cursor) => {
    expect(code(() => decodeCursor('entry', cursor, ['integer', 'integer']))).toBe(
      'BAD_USER_INPUT',
    );
  });

  it('survives any text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(code(() => decodeCursor('entry', text, ['integer']))).toBe('BAD_USER_INPUT');
      }),
    );
  });
});
