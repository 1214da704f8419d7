import type { LedgerEvent } from '@daybook/ledger-contracts';
import type { Recorded } from './recorded-event';

type EventOf<Type extends LedgerEvent['type']> = Extract<LedgerEvent, { type: Type }>;

/** How each event changes a view; the first event of a stream finds none. */
type Handlers<View, Type extends LedgerEvent['type'], First extends Type> = {
  readonly [T in Type]: (
    view: T extends First ? View | undefined : View,
    recorded: Recorded<EventOf<T>> & { readonly data: EventOf<T>['data'] },
  ) => View;
};

/** A pure function from a view and an event to the next view. */
export interface Projection<View> {
  readonly name: string;
  readonly version: number;
  /** Throws `NotApplicable` on an event that this view cannot follow. */
  apply(view: View | undefined, recorded: Recorded): View;
}

/** An event that does not fit its view: it quarantines its stream. */
export class NotApplicable extends Error {
  readonly code = 'NotApplicable';
  readonly retryable = false;
}

/** Defines a projection by its events; `first` names those that may begin a view. */
export function defineProjection<
  View,
  Type extends LedgerEvent['type'],
  First extends Type,
>(definition: {
  readonly name: string;
  readonly version: number;
  readonly first: readonly First[];
  readonly on: Handlers<View, Type, First>;
}): Projection<View> {
  const { name, version, first, on } = definition;
  const handlers = new Map(Object.entries(on)) as ReadonlyMap<
    string,
    (view: View | undefined, recorded: Recorded & { data: unknown }) => View
  >;
  const begins: ReadonlySet<string> = new Set(first);
  return {
    name,
    version,
    apply(view, recorded) {
      const { event, revision, position, recordedAt } = recorded;
      const { type, data } = event;
      const handle = handlers.get(type);
      if (!handle) throw new NotApplicable(`${type} has no place in ${name}`);
      if (view === undefined && !begins.has(type)) {
        throw new NotApplicable(`${type} cannot begin a view in ${name}`);
      }
      return handle(view, { event, revision, position, recordedAt, data });
    },
  };
}
