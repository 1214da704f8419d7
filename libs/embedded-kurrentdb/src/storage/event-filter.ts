import type { Pattern } from './bounded-pattern';
import type { StoredEvent } from './stored-event';
import { nameBytes } from './stream-name';
import type { CommittedGroup } from './watchers';

/** Selects events of the log by their stream's name or by their type. */
export interface EventFilter {
  readonly on: 'streamName' | 'eventType';
  readonly prefixes: readonly Buffer[];
  readonly regex?: Pattern;
}

/** Whether the filter lets the event pass. Live subscriptions ask it of nearly every event. */
export function passes({ on, prefixes, regex }: EventFilter, event: StoredEvent): boolean {
  const byName = on === 'streamName';
  if (regex) return regex.test((byName ? event.streamName : event.type).toString('utf8'));
  for (const prefix of prefixes) {
    if (byName ? event.nameStartsWith(prefix) : event.typeStartsWith(prefix)) return true;
  }
  return false;
}

/**
 * Whether an event of the group may pass, by the group's streams and kinds alone. False is sure: then
 * nobody has to read the group.
 */
export function mayPass({ on, prefixes, regex }: EventFilter, group: CommittedGroup): boolean {
  if (regex) return true;
  const begins = (text: Buffer): boolean => prefixes.some((prefix) => startsWith(text, prefix));
  if (on === 'streamName') return group.streams.some(({ key }) => begins(nameBytes(key)));
  for (const { type } of group.kinds) if (begins(type)) return true;
  return false;
}

const startsWith = (text: Buffer, start: Buffer): boolean =>
  text.length >= start.length && text.compare(start, 0, start.length, 0, start.length) === 0;
