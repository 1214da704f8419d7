/** Places for the commands of all batches together. */
export const PLACES_MAX = 4_096;

const BYTES_A_PLACE = 4_096;

/** The places that a command takes: one a posting, and no fewer than its bytes need. */
export function placesOf(body: object, bytes: number): number {
  const { postings } = body as { readonly postings?: readonly unknown[] };
  return Math.max(postings?.length ?? 1, Math.ceil(bytes / BYTES_A_PLACE));
}
