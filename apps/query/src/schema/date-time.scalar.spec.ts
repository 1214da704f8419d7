import { DateTimeScalar } from './date-time.scalar';

it.each([
  ['0000-01-01T00:00:00+12:00', '0000-01-01T00:00:00.000Z'],
  ['9999-12-31T23:59:59-12:00', '9999-12-31T23:59:59.999Z'],
  ['2026-03-31T23:59:59.5+02:00', '2026-03-31T21:59:59.500Z'],
])('answers %s as %s, which RFC 3339 can write', (text, utc) => {
  const scalar = new DateTimeScalar();
  expect(scalar.serialize(scalar.parseValue(text).floor)).toBe(utc);
});
