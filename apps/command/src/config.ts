import { kurrentDbUrl, optionalCountSetting, serviceFields } from '@daybook/platform';
import { z } from 'zod';

/** The command service's settings. */
export const commandConfig = z.object({
  ...serviceFields(3001),
  KURRENTDB_URL: kurrentDbUrl,
  /** Where the projector is; absent: an asynchronous command's last stage is `committed`. */
  PROJECTOR_URL: z
    .url({ protocol: /^https?$/, error: 'must look like http://127.0.0.1:3003' })
    .optional(),
  /** How far back `effectiveAt` may lie, in days; absent: any time in the past. */
  EFFECTIVE_DAYS_BACK_MAX: optionalCountSetting(1, 36_500),
});

export type CommandConfig = z.output<typeof commandConfig>;
