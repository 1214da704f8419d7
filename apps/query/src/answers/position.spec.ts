import { parsePosition, positionAnswer } from './position';

describe('a position', () => {
  it('is read as it was answered', () => {
    expect(parsePosition('0', 'minPosition')).toBe(0n);
    expect(parsePosition('9223372036854775807', 'minPosition')).toBe(2n ** 63n - 1n);
    expect(positionAnswer(parsePosition('12345', 'minPosition'))).toBe('12345');
  });

  it('of an empty ledger is its beginning', () => {
    expect(positionAnswer(-1n)).toBe('0');
  });

  it.each(['', '-1', '1.5', 'x', ' 1', '9223372036854775808', '0x10', '1'.repeat(500)])(
    '%j is refused',
    (text) => {
      expect(() => parsePosition(text, 'minPosition')).toThrow('minPosition must be a position');
    },
  );
});
