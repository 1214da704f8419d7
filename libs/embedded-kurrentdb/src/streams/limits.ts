import type { ProposedEvent } from '../storage/stored-event';

/** How large appends may be. */
export interface AppendLimits {
  readonly recordBytesMax: number;
  readonly appendBytesMax: number;
}

/** Longest stream name and event type in bytes. */
export const nameBytesMax = 32 * 1024;

/** What an event counts for: its payload and its names. */
export function eventBytes({ type, data, metadata }: ProposedEvent): number {
  return type.length + data.length + metadata.length;
}

/** What keeping an event costs beside its bytes: those without any are not for free. */
export const eventOverheadBytes = 256;
