import type { StoredEvent } from './stored-event';

/**
 * Takes events that a reader found, in order. The event is only valid during the call. Returning
 * false ends the reading behind this event.
 */
export type EventSink = (event: StoredEvent) => boolean;
