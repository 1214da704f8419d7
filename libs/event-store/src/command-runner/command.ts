/** Read access to the states a decision is made on; own writes not yet acknowledged included. */
export interface StateView<State> {
  /** The state of a stream, undefined when the stream does not exist. */
  get(stream: string): State | undefined;
  /** Whether the stream was loaded for this decision; if not, and it is needed, say so. */
  has(stream: string): boolean;
}

/** One event for one stream. */
export interface StreamEvent<State, Event> {
  readonly stream: string;
  readonly event: Event;
  /** What the stream folds to with it, where the decision has that at hand; else it is folded. */
  readonly after?: State | undefined;
}

/**
 * What a command wants to happen, decided purely from the states it named:
 * - `needs`: it must see these streams too; it is asked again once they are loaded.
 * - `append`: these events, in this order, the record of its identity last. It may write only
 *   streams it named; all it named are checked at the revisions it was decided on.
 * - `recall`: an answer taken from an identity's stored record alone, which can never change.
 * - `report`: an answer about the state that writes nothing (rejection, 404, dry run, nothing to
 *   do); it leaves only when all streams it named were shown to have been current together.
 */
export type CommandDecision<State, Event, Answer> =
  | { readonly kind: 'needs'; readonly streams: readonly string[] }
  | {
      readonly kind: 'append';
      readonly events: readonly StreamEvent<State, Event>[];
      readonly answer: Answer;
    }
  | { readonly kind: 'recall'; readonly answer: Answer }
  | { readonly kind: 'report'; readonly answer: Answer };

/** A command as the runner sees it. `decide` is pure and may be called many times. */
export interface RunnableCommand<State, Event, Answer> {
  /** Streams that the decision reads; loaded before. Commands are FIFO per such stream. */
  readonly reads: readonly string[];
  /**
   * Streams that are expected not to exist: the command's identity and whatever must not share
   * its name. They are not read in advance: the append's no-stream checks are the identity.
   * When one does exist, `decide` is called again and finds its state in the view.
   */
  readonly absent: readonly string[];
  /** About how many bytes of the client's it will write; bounds queues and batches. */
  readonly bytes: number;
  /** Metadata of each of its records: `$correlationId`, `$causationId`, `actor`. */
  readonly metadata: Readonly<Record<string, string>>;
  decide(view: StateView<State>): CommandDecision<State, Event, Answer>;
}

/**
 * A firm answer. `position` lies at or after the command's last record (`appended`, `recalled`),
 * or at the newest record of the streams a report was decided on, where that is known.
 */
export interface CommandOutcome<Answer> {
  readonly kind: 'appended' | 'recalled' | 'reported';
  readonly answer: Answer;
  readonly position: bigint | undefined;
}

/** A stream that stays in memory. */
export interface HeldStream {
  /** It is there, so that a command that needs it need not wait. */
  readonly known: boolean;
  /** To be called once. */
  letGo(): void;
}

/** Runs commands: each is answered once, with a firm answer or an operational error. */
export interface CommandRunner<State, Event> {
  /** Rejects with a `CommandError`, or `AppendRefused`; with what `decide` throws, a defect. */
  run<Answer>(command: RunnableCommand<State, Event, Answer>): Promise<CommandOutcome<Answer>>;
  /** Keeps a stream in memory, from when it is there, until it is let go of. */
  hold(stream: string): HeldStream;
  /** False while an append's outcome is unknown and the store does not answer. */
  readonly available: boolean;
  /** Refuses new commands, waits (bounded) for those under way, then lets go of the rest. */
  stop(): Promise<void>;
  statistics(): RunnerStatistics;
}

/** Counters since the start, and what is held now. For metrics. */
export interface RunnerStatistics {
  readonly commandsUnderWay: number;
  readonly bytesUnderWay: number;
  readonly streamsCached: number;
  readonly appends: number;
  readonly recordsAppended: number;
  readonly conflicts: number;
  /** Records of others taken over from the log. */
  readonly recordsLearned: number;
  readonly unknownOutcomes: number;
  readonly fences: number;
  readonly snapshotsWritten: number;
  readonly snapshotsFailed: number;
}
