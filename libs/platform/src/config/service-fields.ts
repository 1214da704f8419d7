import { z } from 'zod';

const wholeNumber = (least: number, most: number) => {
  const wrong = `must be a whole number from ${least} to ${most}`;
  const bounded = z.number().min(least, wrong).max(most, wrong);
  return z
    .string()
    .regex(/^\d{1,12}$/, wrong)
    .transform(Number)
    .pipe(bounded);
};

/** A setting that is a whole number between two bounds, off when it is absent. */
export const optionalCountSetting = (least: number, most: number) =>
  wholeNumber(least, most).optional();

/** A setting that is a whole number between two bounds, with a default. */
export const countSetting = (fallback: number, least: number, most: number) =>
  wholeNumber(least, most).default(fallback);

/** Browsers send an origin without a path, in lower case, without the usual port. */
const isOrigin = (text: string) =>
  text === '*' || (/^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text);

const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** Settings that every service has. `CORS`: origins with commas between, or `*`; absent is off. */
export const serviceFields = (defaultPort: number) => ({
  PORT: countSetting(defaultPort, 0, 65_535),
  HOST: z.string().min(1).default('127.0.0.1'),
  LOG_LEVEL: z.enum(LEVELS, `must be one of ${LEVELS.join(', ')}`).default('info'),
  CORS: z
    .string()
    .transform((text) => text.split(',').map((origin) => origin.trim()))
    .pipe(z.array(z.string().refine(isOrigin, 'must be * or origins such as https://app.example')))
    .optional(),
  DAYBOOK_PARENT_PID: wholeNumber(1, 2 ** 31).optional(),
});

type ServiceFields = ReturnType<typeof serviceFields>;

/** What every service's settings have: the part that its HTTP side needs. */
export type ServiceSettings = Readonly<z.output<z.ZodObject<ServiceFields>>>;

const storeUrl = (protocol: RegExp, example: string) =>
  z.string().regex(protocol, `must look like ${example}`);

const kurrent = /^(kurrentdb|kurrent|kdb|esdb)(\+discover)?:\/\/\S+$/;

/** Where the event store is. */
export const kurrentDbUrl = storeUrl(kurrent, 'kurrentdb://host:2113?tls=false').default(
  'kurrentdb://127.0.0.1:2113?tls=false',
);

/** Where the read store is; the URL's path names the database. */
export const mongoDbUrl = storeUrl(
  /^mongodb(\+srv)?:\/\/[^/\s]+\/[^/?\s]+/,
  'mongodb://host:27017/daybook',
).default('mongodb://127.0.0.1:27017/daybook');
