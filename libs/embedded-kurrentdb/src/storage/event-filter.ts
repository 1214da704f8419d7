import type { Pattern } from './bounded-pattern';
import type { StoredEvent } from './stored-event';

/** Selects events of the log by their stream's name or by their type. */
export interface EventFilter {
  readonly on: 'streamName' | 'eventType';
  readonly prefixes: readonly Buffer[];
  readonly regex?: Pattern;
}

/** Whether the filter lets the event pass. */
export function passes(filter: EventFilter, event: StoredEvent): boolean {
  const text = filter.on === 'streamName' ? event.streamName : event.type;
  if (filter.regex) return filter.regex.test(text.toString('utf8'));
  return filter.prefixes.some(
    (prefix) =>
      text.length >= prefix.length &&
      text.compare(prefix, 0, prefix.length, 0, prefix.length) === 0,
  );
}
