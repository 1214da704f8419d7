/** What a read of a stream found out about the newest revision known when it began. */
export interface Showing {
  readonly revision: number;
  /** True: the stream held nothing beyond that revision. */
  readonly current: boolean;
}

/** A read under way, and the logical time at which it began. */
export interface ShowingUnderWay {
  readonly beganAt: number;
  readonly result: Promise<Showing>;
}

/** A stream in memory: its newest state, own unacknowledged writes included. */
export class StreamEntry<State> {
  state: State | undefined = undefined;
  /** Revision of `state`; -1: no stream. */
  revision = -1;
  /** The newest revision that the store acknowledged or showed. */
  firmRevision = -1;
  /** The last revision that others brought: all of the firm ones after it are own writes. */
  ownSince = -1;
  /** False: `state` is an assumption (absent) or known to be out of date. */
  known = false;
  loading = false;
  /**
   * Logical time at which `firmRevision` was known to be the store's: the read that brought it
   * had ended, or the append that wrote it was acknowledged. From then until `shownAt` the stream
   * did not change. An absence has been so since ever: -1.
   */
  takenOverAt = -1;
  /**
   * Logical time at which the newest evidence began that `firmRevision` is the store's. Each read
   * and append has its own: entries of the same time were shown by the same append.
   */
  shownAt = -1;
  /** A log position at or after the newest firm record, where known. */
  position: bigint | undefined = undefined;
  /** Id of the record at `revision`: ties a snapshot to its place in this very stream. */
  recordId = '';
  snapshotRevision = -1;
  /** Unsettled commands that named the stream; pinned entries are not evicted. */
  pins = 0;
  /** Its row among the streams that decisions read; -1: it was only written. */
  row = -1;
  /** Its place in the list of those that can be packed. */
  place = -1;
  /** It was released since it was last looked at for packing. */
  used = false;
  weight = 0;
  /** The append that last took a check of the stream: a stream has at most one in each. */
  checkedIn = -1;
  showing: ShowingUnderWay | undefined = undefined;
  nextShowing: Promise<Showing> | undefined = undefined;

  constructor(readonly stream: string) {}

  /** Own writes that the store has not acknowledged stand between the state and the store. */
  get unacknowledged(): boolean {
    return this.revision > this.firmRevision;
  }

  /** Read by a decision: worth keeping longer than a stream that was only written. */
  get wanted(): boolean {
    return this.row >= 0;
  }

  /** Nothing is under way that will change it. */
  get settled(): boolean {
    return !this.loading && this.showing === undefined && !this.unacknowledged;
  }

  /** The state was shown to be the store's by evidence that began after a logical time. */
  provenSince(time: number): boolean {
    return !this.unacknowledged && this.shownAt > time;
  }
}
