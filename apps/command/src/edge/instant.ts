const shape =
  /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,18}))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

const MINUTE_MS = 60_000;

/**
 * Reads an RFC 3339 instant into UTC with milliseconds (finer digits are cut off); undefined for
 * anything else. Days that do not exist and leap seconds are refused; so is a year that the offset
 * takes out of 0000 to 9999.
 */
export function parseInstant(text: string): string | undefined {
  const match = shape.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second, fraction = '', sign, atHour, atMinute] = match;
  if (Number(hour) > 23 || Number(atHour ?? 0) > 23 || Number(atMinute ?? 0) > 59) return undefined;
  const local = `${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction.slice(0, 3).padEnd(3, '0')}Z`;
  const ms = Date.parse(local);
  // A day that does not exist is moved into the next month: written again it differs.
  if (Number.isNaN(ms) || new Date(ms).toISOString() !== local) return undefined;
  const offset = (Number(atHour ?? 0) * 60 + Number(atMinute ?? 0)) * (sign === '-' ? -1 : 1);
  const utc = new Date(ms - offset * MINUTE_MS).toISOString();
  return utc.length === 24 ? utc : undefined;
}
