import { KurrentDBClient } from '@kurrent/kurrentdb-client';
import type { EventLog, EventStore, EventTypeLog } from '@daybook/event-store';
import { KurrentDBEventStore } from './kurrentdb-event-store';

/** A store and the connection under it. The client connects, and connects again, by itself. */
export interface KurrentDBConnection {
  readonly store: EventStore & EventLog & EventTypeLog;
  /** Resolves when the store answers a read; else throws `StoreUnreachable`. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface ConnectionOptions {
  /** After this long without an answer a call has failed and an append's outcome is unknown. */
  readonly deadlineMs?: number;
}

const DEADLINE_MS = 5_000;

/** Connects to `kurrentdb://…`. Subscriptions alone have no deadline. */
export function connectKurrentDB(
  url: string,
  { deadlineMs = DEADLINE_MS }: ConnectionOptions = {},
): KurrentDBConnection {
  const client = KurrentDBClient.connectionString(withDeadline(url, deadlineMs));
  const store = new KurrentDBEventStore(client, deadlineMs);
  return {
    store,
    ping: () => store.ping(),
    close: () => client.dispose(),
  };
}

/** The client takes its deadline from the URL alone. */
function withDeadline(url: string, deadlineMs: number): string {
  if (/[?&]defaultDeadline=/i.test(url)) return url;
  const base = url.replace(/\/+$/, '');
  return `${base}${base.includes('?') ? '&' : '?'}defaultDeadline=${deadlineMs}`;
}
