import type { NewRecord } from '../event-store';
import type { CommandDecision, CommandOutcome, RunnableCommand, StateView } from './command';
import type { StreamEntry } from './stream-entry';

/** A stream that a command named: what it was decided on, and how to take its write back. */
export class Ground<State> {
  /** Revision at the decision. */
  observed = -1;
  written = false;
  revisionAfter = -1;
  stateAfter: State | undefined = undefined;
  recordIdAfter = '';
  stateBefore: State | undefined = undefined;
  weightBefore = 0;
  recordIdBefore = '';
  knownBefore = false;

  constructor(
    readonly entry: StreamEntry<State>,
    /** False: taken for absent without loading. */
    public read: boolean,
  ) {}

  /** The stream need not be loaded, or is. */
  get ready(): boolean {
    return !this.entry.loading && (this.entry.known || !this.read);
  }

  /** Own writes on top of what was observed are not acknowledged yet: then they will show it. */
  get overtaken(): boolean {
    return this.observed === this.entry.firmRevision && this.entry.unacknowledged;
  }

  /** An own append on top of what was observed was committed: until then it was current. */
  get superseded(): boolean {
    return this.observed >= this.entry.ownSince && this.observed < this.entry.firmRevision;
  }
}

/** Grounds up to this many are searched one by one; beyond, through a map. */
const SEARCHED_MAX = 8;

/** A command under way; it is the view that its decision looks through. */
export class Task<State, Event> implements StateView<State> {
  readonly grounds: Ground<State>[] = [];
  private byStream: Map<string, Ground<State>> | undefined = undefined;
  kind: CommandDecision<State, Event, unknown>['kind'] = 'needs';
  answer: unknown = undefined;
  records: NewRecord[] = [];
  lostRaces = 0;
  /** What it was last found to wait for. */
  awaited: Ground<State> | undefined = undefined;
  /** Its place among the tasks under way. */
  place = -1;
  /** Of a report: what only the outcome of own writes that came after it will show. */
  overtaken: readonly Ground<State>[] | undefined = undefined;
  settled = false;
  released = false;
  /** About what it holds in memory: the client's bytes, and its records once it is decided. */
  weight: number;

  constructor(
    readonly command: RunnableCommand<State, Event, unknown>,
    /** Logical time of arrival; orders commands on a stream. */
    readonly arrivedAt: number,
    readonly resolve: (outcome: CommandOutcome<unknown>) => void,
    readonly reject: (error: unknown) => void,
  ) {
    this.weight = command.bytes;
  }

  get(stream: string): State | undefined {
    return this.ground(stream)?.entry.state;
  }

  has(stream: string): boolean {
    return this.ground(stream)?.read ?? false;
  }

  ground(stream: string): Ground<State> | undefined {
    if (this.byStream) return this.byStream.get(stream);
    for (const ground of this.grounds) if (ground.entry.stream === stream) return ground;
    return undefined;
  }

  name(ground: Ground<State>): void {
    this.grounds.push(ground);
    if (this.byStream) this.byStream.set(ground.entry.stream, ground);
    else if (this.grounds.length > SEARCHED_MAX) {
      this.byStream = new Map(this.grounds.map((each) => [each.entry.stream, each]));
    }
  }

  /**
   * Whether an append that carries it checks its streams. A recalled answer rests on a record that
   * cannot change, and what was overtaken on a state that is over.
   */
  get checked(): boolean {
    return this.kind !== 'recall' && this.overtaken === undefined;
  }

  /** Whether any own write that the decision looked at is not acknowledged yet. */
  get speculative(): boolean {
    return this.grounds.some(({ entry }) => entry.unacknowledged);
  }
}
