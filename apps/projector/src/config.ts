import { countSetting, kurrentDbUrl, mongoDbUrl, serviceFields } from '@daybook/platform';
import { z } from 'zod';

/** The projector's settings. */
export const projectorConfig = z.object({
  ...serviceFields(3003),
  KURRENTDB_URL: kurrentDbUrl,
  MONGODB_URL: mongoDbUrl,
  /** Names this worker among others, the same after a restart; absent: its host and port. */
  WORKER_NAME: z
    .string()
    .regex(/^[\w.:-]{1,200}$/, 'must be of letters, digits, ".", ":", "-" and "_"')
    .optional(),
  /** Records read at once, and the most that wait in memory. */
  PAGE_SIZE: countSetting(2_000, 10, 20_000),
  /** Not ready while the views are further behind than this. */
  READY_LAG_SECONDS: countSetting(60, 1, 86_400),
});

export type ProjectorConfig = z.output<typeof projectorConfig>;
