import { pause } from '@daybook/event-store';
import { overloaded, ProblemError } from '@daybook/platform';
import { answerBody } from '../ledger/answer-body';
import { CommandFailure } from '../ledger/command-failure';
import { bodyOf } from '../edge/send-answer';
import type { ProjectedPosition } from './projected-position';
import type { ReceiptDesk } from './receipt-desk';
import type { ReceiptAnswer } from './receipt-status';

const stages = ['accepted', 'committed', 'projected'] as const;

const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 1_000;
const KEEP_ALIVE_MS = 15_000;
const STREAM_MS_MAX = 300_000;
/** Streams and looks at once, each: together they leave room for commands to be admitted. */
const STREAMS_MAX = 1_000;
const LOOKS_MAX = 1_000;

/** The status of asynchronous commands, once or as it changes. */
export class Receipts {
  private streams = 0;
  private looks = 0;

  constructor(
    private readonly desk: ReceiptDesk,
    private readonly projected: ProjectedPosition,
    private readonly stopping: AbortSignal,
  ) {}

  /** Throws `NotFound` for a command that was never received, `Overloaded` when too many look. */
  async status(commandId: string): Promise<ReceiptAnswer> {
    if (this.looks >= LOOKS_MAX) throw overloaded('too many commands are looked at');
    this.looks += 1;
    try {
      return await this.look(commandId);
    } finally {
      this.looks -= 1;
    }
  }

  private async look(commandId: string): Promise<ReceiptAnswer> {
    const { standing, position } = await this.desk.look(commandId);
    if (standing.status === 'unknown') throw new ProblemError('NotFound', 'no such command');
    const { operation, status } = standing;
    const base = { commandId, operation, status, position: String(position) };
    if (status === 'rejected') return { ...base, problem: standing.problem } as ReceiptAnswer;
    if (status === 'accepted') return base;
    const reached = await this.projected.read();
    const answer = bodyOf({
      accepted: true,
      outcome: 'first',
      body: answerBody(standing.answer),
      position: base.position,
    });
    const stage = reached !== undefined && reached >= position ? 'projected' : 'committed';
    return { ...base, status: stage, answer } as ReceiptAnswer;
  }

  /**
   * Each stage once, as server-sent events; ends with the last one, or after five minutes. Throws
   * `Overloaded` at once, before anything of an answer was sent.
   */
  events(first: ReceiptAnswer): AsyncGenerator<string> {
    if (this.streams >= STREAMS_MAX) throw overloaded('too many commands are followed');
    return this.counted(first);
  }

  private async *counted(first: ReceiptAnswer): AsyncGenerator<string> {
    this.streams += 1;
    try {
      yield* this.follow(first);
    } finally {
      this.streams -= 1;
    }
  }

  private async *follow(first: ReceiptAnswer): AsyncGenerator<string> {
    const endMs = performance.now() + STREAM_MS_MAX;
    let told = 0;
    let quietMs = 0;
    let pauseMs = FIRST_PAUSE_MS;
    for (let now = first; ; now = await this.statusAfter(now)) {
      const reached = now.status === 'rejected' ? 0 : stages.indexOf(now.status) + 1;
      const before = told;
      for (; told < reached; told += 1) {
        const stage = stages[told] ?? 'accepted';
        yield event({ ...now, status: stage });
      }
      if (now.status === 'rejected') yield event(now);
      if (this.isLast(now) || performance.now() > endMs || this.stopping.aborted) return;
      quietMs = told > before ? 0 : quietMs + pauseMs;
      if (quietMs > KEEP_ALIVE_MS) {
        quietMs = 0;
        yield ': still there\n\n';
      }
      await pause(pauseMs, this.stopping);
      pauseMs = told > before ? FIRST_PAUSE_MS : Math.min(pauseMs * 1.5, LONGEST_PAUSE_MS);
    }
  }

  /** A store that is away has nothing new to tell: the stream goes on. */
  private async statusAfter(last: ReceiptAnswer): Promise<ReceiptAnswer> {
    try {
      return await this.look(last.commandId);
    } catch (error) {
      if (error instanceof CommandFailure) return last;
      throw error;
    }
  }

  private isLast({ status }: ReceiptAnswer): boolean {
    return (
      status === 'rejected' ||
      status === 'projected' ||
      (status === 'committed' && !this.projected.isKnown)
    );
  }
}

function event(answer: ReceiptAnswer): string {
  const { status } = answer;
  const { answer: body, ...rest } = answer;
  const shown = status === 'accepted' || body === undefined ? rest : answer;
  return `event: ${status}\ndata: ${JSON.stringify(shown)}\n\n`;
}
