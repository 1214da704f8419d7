import type { ProposedEvent } from '../storage/stored-event';

/** How large appends may be. */
export interface AppendLimits {
  readonly recordBytesMax: number;
  readonly appendBytesMax: number;
}

export { eventOverheadBytes } from '../storage/event-store';
export { nameBytesMax } from '../storage/stream-name';

/** What an event counts for: its payload and its names. */
export function eventBytes({ type, data, metadata }: ProposedEvent): number {
  return type.length + data.length + metadata.length;
}
