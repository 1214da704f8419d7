/** A query that takes longer is ended by the store. */
export const QUERY_TIME_MS_MAX = 20_000;

/** Point reads that one answer may have in flight at once. */
export const POINT_READS_MAX = 32;
