import fc from 'fast-check';
import { parseInstant } from './instant';

const ms = (text: string) => parseInstant(text)?.floor;

describe('an RFC 3339 instant', () => {
  it.each([
    ['2026-03-31T23:59:59.999Z', '2026-03-31T23:59:59.999Z'],
    ['2026-03-31t23:59:59z', '2026-03-31T23:59:59.000Z'],
    ['2026-03-31T23:59:59.5+02:00', '2026-03-31T21:59:59.500Z'],
    ['2026-03-31T23:59:59-00:30', '2026-04-01T00:29:59.000Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
    ['0000-01-01T00:00:00+12:00', '-000001-12-31T12:00:00.000Z'],
    ['9999-12-31T23:59:59-12:00', '+010000-01-01T11:59:59.000Z'],
  ])('%s is %s', (text, utc) => {
    expect(new Date(ms(text) ?? NaN).toISOString()).toBe(utc);
  });

  it.each([
    '2026-03-31',
    '2026-03-31T23:59:59',
    '2026-02-30T00:00:00Z',
    '2025-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-00-10T00:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T00:60:00Z',
    '2026-01-01T00:00:60Z',
    '2016-12-31T23:59:60Z',
    '2026-01-01T00:00:00.Z',
    '2026-01-01T00:00:00+24:00',
    '2026-01-01T00:00:00+01:60',
    '2026-03-31 23:59:59Z',
    '+002026-01-01T00:00:00Z',
    '2026-01-01T00:00:00+0100',
    ' 2026-01-01T00:00:00Z',
    '2026-01-01T00:00:00Z\n',
    'yesterday',
    '',
  ])('%j is refused', (text) => {
    expect(parseInstant(text)).toBeUndefined();
  });

  it('keeps digits beyond the millisecond on the right side of either bound', () => {
    expect(parseInstant('2026-01-01T00:00:00.0005Z')).toEqual({
      floor: Date.UTC(2026, 0, 1),
      ceiling: Date.UTC(2026, 0, 1) + 1,
    });
    expect(parseInstant('2026-01-01T00:00:00.000000Z')).toEqual({
      floor: Date.UTC(2026, 0, 1),
      ceiling: Date.UTC(2026, 0, 1),
    });
  });

  it('reads back whatever was written', () => {
    const years = { min: new Date('0000-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z') };
    fc.assert(
      fc.property(fc.date({ ...years, noInvalidDate: true }), (date) => {
        expect(ms(date.toISOString())).toBe(date.getTime());
      }),
    );
  });
});
