import type { MongoStore } from '../storage/mongo-store';
import type { FailPoint } from './fail-point';
import type { OpenCursors } from './open-cursors';

/** What all commands share. */
export interface ServerState {
  readonly store: MongoStore;
  readonly cursors: OpenCursors;
  readonly failPoint: FailPoint;
  readonly writeFault: FailPoint;
  readonly startedAt: Date;
  readonly counters: { connections: number; commands: number; unfinishedBytes: number };
  readonly connectionsMax: number;
  stopping: boolean;
}
