import { pause } from '@daybook/event-store';

/** Waits between attempts: doubling from the first to the longest. */
export interface Backoff {
  readonly firstMs: number;
  readonly longestMs: number;
}

export const defaultBackoff: Backoff = { firstMs: 50, longestMs: 5_000 };

/** How long to wait after this many failures in a row (1 after the first). */
export const waitAfter = (failures: number, { firstMs, longestMs }: Backoff): number =>
  Math.min(longestMs, firstMs * 2 ** Math.min(failures - 1, 20));

/** Tries again with backoff until it succeeds (its value) or the signal aborts (undefined). */
export async function untilDone<T>(
  attempt: () => Promise<T>,
  options: {
    readonly backoff: Backoff;
    readonly signal: AbortSignal;
    readonly onFailure: (error: unknown, failures: number) => void;
  },
): Promise<T | undefined> {
  for (let failures = 1; !options.signal.aborted; failures += 1) {
    try {
      return await attempt();
    } catch (error) {
      options.onFailure(error, failures);
      await pause(waitAfter(failures, options.backoff), options.signal);
    }
  }
  return undefined;
}
