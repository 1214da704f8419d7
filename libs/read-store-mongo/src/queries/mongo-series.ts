import { lateSpanMs, lateSpans, pointId } from '@daybook/ledger-contracts';
import type { Views } from '../collections/views';
import { wideAmount } from '../wide-amount';
import { QUERY_TIME_MS_MAX } from './query-limits';
import type { Series, SeriesPoint } from './series-balance';

/** A series of entries as the views hold it: each look-up is one seek in an index. */
export function mongoSeries(views: Views, series: string): Series {
  const entries = views.collection('entries');
  const start = pointId(series, 0n);
  const options = {
    projection: { balanceAfter: 1, effectiveMax: 1 },
    maxTimeMS: QUERY_TIME_MS_MAX,
  };
  return {
    lastBefore: async (id) =>
      toPoint(
        await entries.findOne({ _id: { $gte: start, $lt: id } }, { ...options, sort: { _id: -1 } }),
      ),
    lastEffective: async (asOf) =>
      toPoint(
        await entries.findOne(
          { series, effectiveMax: { $lte: new Date(asOf) } },
          { ...options, sort: { effectiveMax: -1, position: -1, posting: -1 } },
        ),
      ),
    late: async function* (first, last, before) {
      const $lte = new Date(last);
      const within = { series, _id: { $lt: before } };
      const around = lateSpans.map((span) => ({
        ...within,
        span,
        effectiveAt: { $gt: dateAfter(first - lateSpanMs(span)), $lte },
      }));
      // Written before there were spans.
      const anywhere = { ...within, span: null, effectiveAt: { $lte } };
      const late = views.collection('late_entries').find({ $or: [...around, anywhere] } as never, {
        projection: { amount: 1, effectiveAt: 1 },
        maxTimeMS: QUERY_TIME_MS_MAX,
      });
      for await (const { _id: id, effectiveAt, amount } of late) {
        yield { id, effectiveAt: effectiveAt.getTime(), amount };
      }
    },
  };
}

const FIRST_DATE_MS = -8.64e15;

/** A date after which those lie that lie after a time; there are none before `FIRST_DATE_MS`. */
const dateAfter = (ms: number): Date => new Date(Math.max(FIRST_DATE_MS, ms));

function toPoint(
  entry: { _id: string; balanceAfter: unknown; effectiveMax: Date } | null,
): SeriesPoint | undefined {
  if (!entry) return undefined;
  return {
    id: entry._id,
    balanceAfter: wideAmount(entry.balanceAfter),
    effectiveMax: entry.effectiveMax.getTime(),
  };
}
