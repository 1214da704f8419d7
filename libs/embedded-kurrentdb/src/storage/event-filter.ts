import type { Pattern } from './bounded-pattern';
import type { StoredEvent } from './stored-event';

/** Selects events of the log by their stream's name or by their type. */
export interface EventFilter {
  readonly on: 'streamName' | 'eventType';
  readonly prefixes: readonly Buffer[];
  readonly regex?: Pattern;
}

/** Whether the filter lets the event pass. Live subscriptions ask it of every event written. */
export function passes({ on, prefixes, regex }: EventFilter, event: StoredEvent): boolean {
  const byName = on === 'streamName';
  if (regex) return regex.test((byName ? event.streamName : event.type).toString('utf8'));
  for (const prefix of prefixes) {
    if (byName ? event.nameStartsWith(prefix) : event.typeStartsWith(prefix)) return true;
  }
  return false;
}
