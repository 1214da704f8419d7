import fc from 'fast-check';
import { readInstant } from './instant';

it.each([
  ['2026-03-31T23:59:59.999Z', '2026-03-31T23:59:59.999Z'],
  ['2026-03-31t23:59:59z', '2026-03-31T23:59:59.000Z'],
  ['2026-01-01T00:30:00+01:00', '2025-12-31T23:30:00.000Z'],
  ['2026-01-01T00:30:00-09:45', '2026-01-01T10:15:00.000Z'],
  ['2024-02-29T12:00:00.123456789Z', '2024-02-29T12:00:00.123Z'],
  ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
])('reads %s as %s', (text, instant) => {
  expect(readInstant(text)).toBe(instant);
});

it.each([
  '2026-03-31',
  '0000-01-01T00:00:00+00:01',
  '9999-12-31T23:59:59-00:01',
  '+002026-01-01T00:00:00Z',
  '2026-01-01T00:00:00Z\n',
  '',
])('refuses %j', (text) => {
  expect(readInstant(text)).toBeUndefined();
});

it('reads every instant that it writes, whatever the offset it was written with', () => {
  const date = fc.date({
    min: new Date('0001-01-01T00:00:00Z'),
    max: new Date('9998-01-01T00:00:00Z'),
    noInvalidDate: true,
  });
  fc.assert(
    fc.property(date, fc.integer({ min: -1439, max: 1439 }), (at, minutes) => {
      const local = new Date(at.getTime() + minutes * 60_000).toISOString().slice(0, -1);
      const size = Math.abs(minutes);
      const hour = String(Math.floor(size / 60)).padStart(2, '0');
      const offset = `${minutes < 0 ? '-' : '+'}${hour}:${String(size % 60).padStart(2, '0')}`;
      expect(readInstant(local + offset)).toBe(at.toISOString());
    }),
  );
});
