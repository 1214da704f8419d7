import type { LedgerAt } from './ledger-at';
import { QUERY_TIME_MS_MAX } from './query-limits';

/**
 * The streams with an event, recorded up to the moment, that could not be projected: their views
 * stand still before it. None in a ledger that is well, and bounded by the projector.
 */
export async function quarantinedStreams({
  views,
  moment,
}: LedgerAt): Promise<ReadonlySet<string>> {
  const found = await views
    .collection('quarantine')
    .find(
      { position: { $lte: moment.position } },
      { projection: { _id: 1 }, maxTimeMS: QUERY_TIME_MS_MAX },
    )
    .toArray();
  return new Set(found.map(({ _id }) => _id));
}
