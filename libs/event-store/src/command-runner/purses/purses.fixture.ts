import type { StoredRecord } from '../../event-store';
import type { CommandDecision, RunnableCommand, StreamEvent } from '../command';
import type { StreamModel } from '../stream-model';

/** The smallest ledger that has all a runner meets: purses that never go below zero, and moves. */
export interface Purse {
  readonly kind: 'purse';
  readonly total: number;
  readonly events: number;
}

export interface Move {
  readonly kind: 'move';
  readonly content: string;
  readonly left: number;
}

export type PurseState = Purse | Move;

export type PurseEvent =
  | { readonly type: 'Opened'; readonly total: number }
  | { readonly type: 'Changed'; readonly by: number; readonly total: number }
  | { readonly type: 'Moved'; readonly content: string; readonly left: number };

export type PurseAnswer =
  | { readonly status: 'opened' | 'exists' | 'no-purse' | 'reused' }
  | { readonly status: 'moved'; readonly left: number }
  | { readonly status: 'insufficient'; readonly total: number };

export type PurseCommand = RunnableCommand<PurseState, PurseEvent, PurseAnswer>;

export const purseModel: StreamModel<PurseState, PurseEvent> = {
  evolve(state, event) {
    if (event.type === 'Moved') return { kind: 'move', content: event.content, left: event.left };
    const events = state?.kind === 'purse' ? state.events + 1 : 1;
    return { kind: 'purse', total: event.total, events };
  },
  encode: ({ type, ...data }) => ({ type, data, schema: '1' }),
  decode: ({ type, data }: StoredRecord) => {
    if (!['Opened', 'Changed', 'Moved'].includes(type)) throw new Error(`unknown type ${type}`);
    return { type, ...(data as object) } as PurseEvent;
  },
  weigh: () => 100,
  packing: {
    pack: (state) => (state.kind === 'purse' ? JSON.stringify(state) : undefined),
    unpack: (text) => JSON.parse(text) as Purse,
  },
};

export const withSnapshots = (everyEvents: number, version = 1): typeof purseModel => ({
  ...purseModel,
  snapshots: {
    version,
    everyEvents,
    streamOf: (stream) => (stream.startsWith('purse-') ? `snapshot-${stream}` : undefined),
    encode: (state) => ({ ...state }),
    decode: (data) => data as PurseState,
  },
});

const command = (
  reads: readonly string[],
  absent: readonly string[],
  decide: PurseCommand['decide'],
): PurseCommand => ({ reads, absent, bytes: 100, metadata: { $correlationId: 'c' }, decide });

export const open = (purse: string, total = 0): PurseCommand =>
  command([], [`purse-${purse}`], (view) =>
    view.get(`purse-${purse}`)
      ? { kind: 'report', answer: { status: 'exists' } }
      : {
          kind: 'append',
          events: [{ stream: `purse-${purse}`, event: { type: 'Opened', total } }],
          answer: { status: 'opened' },
        },
  );

/** `@` on a side: from or to the outside world, which has no purse. */
export function move(id: string, from: string, to: string, amount: number): PurseCommand {
  const sides = [from, to].filter((side) => side !== '@').map((side) => `purse-${side}`);
  const content = `${from}>${to}:${amount}`;
  return command(sides, [`move-${id}`], (view) => {
    const known = view.get(`move-${id}`);
    if (known?.kind === 'move') {
      return known.content === content
        ? { kind: 'recall', answer: { status: 'moved', left: known.left } }
        : { kind: 'recall', answer: { status: 'reused' } };
    }
    return moved(id, from, to, amount, content, (side) => view.get(`purse-${side}`));
  });
}

function moved(
  id: string,
  from: string,
  to: string,
  amount: number,
  content: string,
  get: (side: string) => PurseState | undefined,
): CommandDecision<PurseState, PurseEvent, PurseAnswer> {
  const events: StreamEvent<PurseState, PurseEvent>[] = [];
  let left = 0;
  for (const [side, by] of [[from, -amount] as const, [to, amount] as const]) {
    if (side === '@') continue;
    const purse = get(side);
    if (purse?.kind !== 'purse') return { kind: 'report', answer: { status: 'no-purse' } };
    const total = purse.total + by;
    if (total < 0) {
      return { kind: 'report', answer: { status: 'insufficient', total: purse.total } };
    }
    if (events.length === 0) left = total;
    events.push({ stream: `purse-${side}`, event: { type: 'Changed', by, total } });
  }
  events.push({ stream: `move-${id}`, event: { type: 'Moved', content, left } });
  return { kind: 'append', events, answer: { status: 'moved', left } };
}

/** Reads one purse through another: what it names is only known once that is loaded. */
export const follow = (first: string, second: string): PurseCommand =>
  command([`purse-${first}`], [], (view) => {
    if (!view.has(`purse-${second}`)) return { kind: 'needs', streams: [`purse-${second}`] };
    const purse = view.get(`purse-${second}`);
    return purse?.kind === 'purse'
      ? { kind: 'report', answer: { status: 'moved', left: purse.total } }
      : { kind: 'report', answer: { status: 'no-purse' } };
  });

/** The same, answered as it would be now, without writing anything. */
export const dryRun = (of: PurseCommand): PurseCommand => ({
  ...of,
  decide: (view) => {
    const decision = of.decide(view);
    return decision.kind === 'append' ? { kind: 'report', answer: decision.answer } : decision;
  },
});

/** One command that changes a purse so many times. */
export const fill = (purse: string, times: number): PurseCommand =>
  command([`purse-${purse}`], [], (view) => {
    const state = view.get(`purse-${purse}`);
    if (state?.kind !== 'purse') return { kind: 'report', answer: { status: 'no-purse' } };
    const left = state.total + times;
    const events = Array.from({ length: times }, (_, n) => ({
      stream: `purse-${purse}`,
      event: { type: 'Changed' as const, by: 1, total: state.total + n + 1 },
    }));
    return { kind: 'append', events, answer: { status: 'moved', left } };
  });
