import type { StoredRecord } from '../event-store';

/** An event as it is stored: its literal name, its plain data, the version of its shape. */
export interface EncodedEvent {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly schema: string;
}

/** How streams are folded and stored. Pure; one model serves all kinds of streams. */
export interface StreamModel<State, Event> {
  /** Undefined is the state before a stream's first event. Throws on an event out of place. */
  evolve(state: State | undefined, event: Event): State;
  encode(event: Event): EncodedEvent;
  /** Upcasts to today's shape. Throws on an unknown type or a newer version: it fails closed. */
  decode(record: StoredRecord): Event;
  /** About how many bytes a state holds in memory. */
  weigh(state: State): number;
  readonly snapshots?: SnapshotModel<State>;
  readonly packing?: PackingModel<State>;
}

/** How a state is kept in memory while no command needs it. */
export interface PackingModel<State> {
  /** As a short text; undefined: it stays an object. */
  pack(state: State): string | undefined;
  /** The state that `pack` was given. */
  unpack(text: string): State;
}

/** Which streams have snapshots and how a state is stored in one. */
export interface SnapshotModel<State> {
  /** Today's version: snapshots of another one are ignored and rebuilt. */
  readonly version: number;
  /** A new snapshot after this many events. */
  readonly everyEvents: number;
  /** Where a stream's snapshots lie, undefined for streams without. */
  streamOf(stream: string): string | undefined;
  encode(state: State): Readonly<Record<string, unknown>>;
  decode(data: unknown): State;
}
