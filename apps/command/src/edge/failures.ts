import {
  AppendRefused,
  CommandError,
  CommandTooLarge,
  Overloaded,
  StoreUnavailable,
  StreamUnreadable,
  TooMuchContention,
} from '@daybook/event-store';
import { UnreadableEvent } from '@daybook/ledger-contracts';
import { overloaded, ProblemError, type ProblemExtras, RETRY_AFTER } from '@daybook/platform';
import { CommandFailure } from '../ledger/command-failure';

/**
 * An operational failure as a problem; anything else as it is. `Retry-After` is only sent where a
 * repeat cannot move money twice: nothing happened, or the repeat is the same command.
 */
export function problemOfFailure(error: unknown): unknown {
  if (!(error instanceof CommandFailure)) return error;
  const { cause, subject, repeatable } = error;
  if (cause instanceof Overloaded) {
    return overloaded('too many commands are under way, try again soon');
  }
  if (cause instanceof TooMuchContention) {
    return new ProblemError('TooMuchContention', 'nothing was done, try again soon', {
      data: { ...subject },
      headers: RETRY_AFTER,
    });
  }
  if (cause instanceof CommandTooLarge) {
    return new ProblemError('RequestTooLarge', `${cause.message}: send it in parts`);
  }
  if (cause instanceof AppendRefused) {
    return new ProblemError('RequestTooLarge', 'the store does not take this much at once');
  }
  if (cause instanceof StreamUnreadable) {
    return new ProblemError('StreamUnreadable', unreadableDetail(cause), { cause: error });
  }
  if (cause instanceof CommandError && !(cause instanceof StoreUnavailable)) return error;
  const outcome = cause instanceof StoreUnavailable ? cause.outcome : 'unknown';
  const extras: ProblemExtras = {
    data: { outcome, ...subject },
    ...((outcome === 'none' || repeatable) && { headers: RETRY_AFTER }),
  };
  return new ProblemError('StoreUnavailable', storeDetail(outcome, error), extras);
}

/** It was met before anything was decided on it: there was no effect. */
function unreadableDetail({ stream, cause }: StreamUnreadable): string {
  const isNewer = cause instanceof UnreadableEvent && cause.reason.startsWith('unknown-');
  const why = isNewer ? `was written by a newer version (${cause.message})` : 'cannot be read';
  return `nothing was done: the stream ${stream} ${why}`;
}

function storeDetail(outcome: 'none' | 'unknown', { subject, repeatable }: CommandFailure): string {
  if (outcome === 'none') return 'nothing was done, try again soon';
  if (repeatable) return 'it is not known whether it was done: send the same again';
  const kind = subject && 'accountId' in subject ? 'account' : 'transaction';
  return `it is not known whether it was done: look the ${kind} up before you send it again`;
}
