import { isMetadataStream } from './stream-name';

/** The limits in a stream's metadata that decide which of its events can be read. */
export interface StreamLimits {
  readonly maxCount?: number;
  readonly maxAgeSeconds?: number;
  readonly truncateBefore?: number;
}

/** The limits of a stream without any, and those of every stream that holds metadata. */
export const noLimits: StreamLimits = {};
export const metadataLimits: StreamLimits = { maxCount: 1 };

/**
 * `$tb` of a soft-deleted stream: the largest revision, 2^63 - 1. JSON numbers round it to 2^63.
 */
export const deletedTruncateBefore = 2 ** 63;

/** The metadata event that a soft delete writes. */
export const softDeletedMetadata = Buffer.from('{"$tb":9223372036854775807}');

/** The limits that a stream's newest metadata give it. */
export function limitsOf(key: string, json: Buffer): StreamLimits {
  return isMetadataStream(key) ? metadataLimits : parseStreamLimits(json);
}

/**
 * Reads the limits from the newest metadata event; broken metadata counts as none, as in the
 * original.
 */
export function parseStreamLimits(json: Buffer): StreamLimits {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json.toString('utf8'));
  } catch {
    return {};
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return {};
  const { $maxCount, $maxAge, $tb } = parsed as Record<string, unknown>;
  if (!isLimit($maxCount, 1) || !isLimit($maxAge, 1) || !isLimit($tb, 0)) return {};
  return { maxCount: $maxCount, maxAgeSeconds: $maxAge, truncateBefore: $tb };
}

function isLimit(value: unknown, least: number): value is number | undefined {
  return value === undefined || (Number.isInteger(value) && (value as number) >= least);
}

/**
 * The metadata of a stream that is undeleted: the rest stays, `$tb` moves. Undefined when they are
 * none.
 */
export function undeletedMetadata(json: Buffer, truncateBefore: number): Buffer | undefined {
  try {
    const parsed: unknown = JSON.parse(json.toString('utf8'));
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return undefined;
    return Buffer.from(JSON.stringify({ ...parsed, $tb: truncateBefore }));
  } catch {
    return undefined;
  }
}
