/**
 * Places for the commands of all batches together: enough for one append to fill while another is
 * under way. With more, all that waits only lives longer, and the garbage collector pays for it.
 */
export const PLACES_MAX = 1_024;

const BYTES_A_PLACE = 4_096;

/** The places that a command takes: one a posting, and no fewer than its bytes need. */
export function placesOf(body: object, bytes: number): number {
  const { postings } = body as { readonly postings?: readonly unknown[] };
  return Math.max(postings?.length ?? 1, Math.ceil(bytes / BYTES_A_PLACE));
}
