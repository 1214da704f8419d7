/** A business "no": a value from a closed union, told apart by its `code`. */
export interface Rejection {
  readonly code: string;
}

export type Decision<Event, Refusal extends Rejection> =
  | { readonly accepted: true; readonly events: readonly Event[] }
  | { readonly accepted: false; readonly rejection: Refusal };

/** State from events, and events from a command: pure, without clock, randomness or I/O. */
export interface Decider<State, Event, Command, Refusal extends Rejection> {
  readonly initial: State;
  readonly evolve: (state: State, event: Event) => State;
  readonly decide: (state: State, command: Command) => Decision<Event, Refusal>;
}

export const accept = <Event>(...events: readonly Event[]) => ({ accepted: true, events }) as const;

export const reject = <Refusal extends Rejection>(rejection: Refusal) =>
  ({ accepted: false, rejection }) as const;
