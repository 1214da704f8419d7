import type { CommandDecision, RunnableCommand, StateView, StreamEvent } from './command';
import type { StreamModel } from './stream-model';

/** What became of one command of an atomic batch. */
export interface AtomicItem<Answer> {
  readonly kind: 'appended' | 'recalled' | 'reported';
  readonly answer: Answer;
}

/** `refusedAt`: the command that refused all; the items end with it and nothing was written. */
export interface AtomicAnswer<Answer> {
  readonly items: readonly AtomicItem<Answer>[];
  readonly refusedAt: number | undefined;
}

/**
 * Several commands as one: each is decided on what those before it left, all go into one group,
 * and the first refusal refuses all. A command that was done before counts as done.
 */
export function atomically<State, Event, Answer>(
  commands: readonly RunnableCommand<State, Event, Answer>[],
  model: Pick<StreamModel<State, Event>, 'evolve'>,
  refuses: (answer: Answer) => boolean,
): RunnableCommand<State, Event, AtomicAnswer<Answer>> {
  const reads = [...new Set(commands.flatMap((command) => command.reads))];
  return {
    reads,
    absent: [...new Set(commands.flatMap((command) => command.absent))],
    bytes: commands.reduce((total, { bytes }) => total + bytes, 0),
    metadata: commands[0]?.metadata ?? {},
    decide: (view) => decideInTurn(commands, model, refuses, view),
  };
}

function decideInTurn<State, Event, Answer>(
  commands: readonly RunnableCommand<State, Event, Answer>[],
  model: Pick<StreamModel<State, Event>, 'evolve'>,
  refuses: (answer: Answer) => boolean,
  view: StateView<State>,
): CommandDecision<Event, AtomicAnswer<Answer>> {
  const left = new Map<string, State>();
  const events: StreamEvent<Event>[] = [];
  const items: AtomicItem<Answer>[] = [];
  const current: StateView<State> = {
    get: (stream) => left.get(stream) ?? view.get(stream),
    has: (stream) => left.has(stream) || view.has(stream),
  };
  for (const command of commands) {
    const decision = command.decide(current);
    if (decision.kind === 'needs') return decision;
    const { kind, answer } = decision;
    items.push({
      kind: kind === 'append' ? 'appended' : kind === 'recall' ? 'recalled' : 'reported',
      answer,
    });
    if (kind === 'report' && refuses(answer)) {
      return { kind: 'report', answer: { items, refusedAt: items.length - 1 } };
    }
    if (kind !== 'append') continue;
    for (const each of decision.events) {
      left.set(each.stream, model.evolve(current.get(each.stream), each.event));
      events.push(each);
    }
  }
  const answer = { items, refusedAt: undefined };
  if (events.length > 0) return { kind: 'append', events, answer };
  return { kind: items.every(({ kind }) => kind === 'recalled') ? 'recall' : 'report', answer };
}
