import { countSetting, mongoDbUrl, serviceFields } from '@daybook/platform';
import { z } from 'zod';

/** What the query service reads from its environment, once, at its start. */
export const querySettings = z.object({
  ...serviceFields(3002),
  MONGODB_URL: mongoDbUrl,
  /** How long a query waits for the position it names. */
  QUERY_WAIT_MS: countSetting(5_000, 0, 60_000),
});

export type QuerySettings = z.output<typeof querySettings>;
