/** Plain data of a stored event, of any version. */
export type StoredData = Readonly<Record<string, unknown>>;

/** Turns the data of one version into that of the next; pure, and total over its version. */
export type Upcaster = (data: StoredData) => StoredData;

/** Per event type: the upcaster at index 0 takes version 1 to 2, at index 1 version 2 to 3. */
export type Upcasters = Readonly<Record<string, readonly Upcaster[]>>;

/**
 * The ledger's upcasters. Every event is at version 1 so far. `upcasters.spec.ts` shows how a
 * version 2 is added; the golden JSON of version 1 stays in the tests for ever.
 */
export const upcasters: Upcasters = {};

/** The newest version of an event type: one more than it has upcasters. */
export const newestVersion = (type: string, known: Upcasters = upcasters): number =>
  (Object.hasOwn(known, type) ? (known[type]?.length ?? 0) : 0) + 1;

/** Brings data of a version up to the newest; the version must be known (1 to newest). */
export function upcast(
  type: string,
  version: number,
  data: StoredData,
  known: Upcasters = upcasters,
): StoredData {
  let current = data;
  for (const step of (known[type] ?? []).slice(version - 1)) current = step(current);
  return current;
}
