import { parseInstant } from '@daybook/kernel';

/**
 * Reads an RFC 3339 instant into UTC with milliseconds (finer digits are cut off); undefined for
 * anything else, and for a year that the offset takes out of 0000 to 9999.
 */
export function readInstant(text: string): string | undefined {
  const instant = parseInstant(text);
  const utc = instant && new Date(instant.floor).toISOString();
  return utc?.length === 'YYYY-MM-DDTHH:mm:ss.sssZ'.length ? utc : undefined;
}
