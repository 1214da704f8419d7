import pino from 'pino';

export type Logger = pino.Logger;

/** A JSON logger for one service. Callers log codes, ids and times: no money, no personal data. */
export function createLogger(
  service: string,
  level: string,
  destination?: pino.DestinationStream,
): Logger {
  return pino(
    {
      level,
      base: { service },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: ['*.amount', '*.balance', '*.personal', '*.name'], censor: '[redacted]' },
    },
    destination ?? pino.destination({ dest: 1, sync: true }),
  );
}
