import type { RunnableCommand } from './command';

/** The same command, answered as it would be now, on firm ground, without writing anything. */
export function dryRun<State, Event, Answer>(
  command: RunnableCommand<State, Event, Answer>,
): RunnableCommand<State, Event, Answer> {
  return {
    reads: command.reads,
    absent: command.absent,
    bytes: command.bytes,
    metadata: command.metadata,
    decide: (view) => {
      const decision = command.decide(view);
      return decision.kind === 'append' ? { kind: 'report', answer: decision.answer } : decision;
    },
  };
}
