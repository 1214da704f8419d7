import type { LinkProjection } from '../storage/link-streams';

/** How far a projection has come: the position of the first event it has not looked at. */
export interface Progress {
  readonly position: number;
  readonly enabled: boolean;
}

/** What is kept about the projections that write links. */
export interface ProjectionState {
  /** The option `linkStreams` was used on this store, so older events may have their links. */
  readonly linked: boolean;
  readonly progress: Partial<Record<LinkProjection, Progress>>;
}

/** The state as it was saved, or that of a store without projections. */
export function parseState(saved: Buffer | undefined): ProjectionState {
  if (!saved) return { linked: false, progress: {} };
  return JSON.parse(saved.toString('utf8')) as ProjectionState;
}
