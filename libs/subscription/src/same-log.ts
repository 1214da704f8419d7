import type { EventLog } from '@daybook/event-store';
import type { Place } from './group';

/**
 * The log does not hold what was projected from it: it is another one, or an older state of it, as
 * after a restored backup. What it records at places that were passed would never be projected.
 * Retryable, because a node that follows another may only be late.
 */
export class ViewsOfAnotherLog extends Error {
  readonly code = 'ViewsOfAnotherLog';
  readonly retryable = true;

  constructor(readonly position: bigint) {
    super(
      `the log does not hold what the views were projected from, up to position ${position}: ` +
        'it is another log or an older state of it. Nothing is projected until it does, or until ' +
        'the views are made anew from this log: npm run daybook -- rebuild',
    );
    this.name = 'ViewsOfAnotherLog';
  }
}

/**
 * Throws `ViewsOfAnotherLog` unless the log is the one that a place was reached in: it has come as
 * far, and the last record projected is in it. A log is only ever appended to, so that one record
 * vouches for all before it. It is looked up in its stream: in the log itself, a position of
 * another one need not be where a record begins.
 */
export async function assertSameLog(
  log: Pick<EventLog, 'end' | 'readStream'>,
  { position, last }: Place,
): Promise<void> {
  if (position === 'start') return;
  const [found] = last ? await log.readStream(last.stream, last.revision, 1) : [];
  if (found?.id !== last?.id) throw new ViewsOfAnotherLog(position);
  if (found?.position === position) return;
  // The place is that of a record in no group, which may be gone, or its group is not known.
  const end = await log.end();
  if (end === 'start' || end < position) throw new ViewsOfAnotherLog(position);
}
