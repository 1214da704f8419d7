import type { Views } from '../collections/views';
import type { Moment } from './moment';
import { positionRecordedBy } from './recorded-time';

/** The views at one moment: everything read through it fits together. */
export interface LedgerAt {
  readonly views: Views;
  readonly moment: Moment;
  /**
   * The position up to which holds count: they have no effective time of their own, so a past
   * `asOf` shows what had been recorded by then.
   */
  holdsPosition(): Promise<bigint>;
}

/** The views at a moment. */
export function ledgerAt(views: Views, moment: Moment): LedgerAt {
  let holds: Promise<bigint> | undefined;
  const find = async () =>
    moment.asOf === null
      ? moment.position
      : positionRecordedBy(views, moment.asOf, moment.position);
  return { views, moment, holdsPosition: () => (holds ??= find()) };
}
