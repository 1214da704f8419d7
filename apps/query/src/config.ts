import { countSetting, mongoDbUrl, serviceFields } from '@daybook/platform';
import { z } from 'zod';

/** The query service's settings. */
export const queryConfig = z.object({
  ...serviceFields(3002),
  MONGODB_URL: mongoDbUrl,
  /** How long a query waits for the position it names. */
  QUERY_WAIT_MS: countSetting(5_000, 0, 60_000),
});

export type QueryConfig = z.output<typeof queryConfig>;
