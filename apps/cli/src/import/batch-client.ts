import { setTimeout as pause } from 'node:timers/promises';

export type Command = Readonly<Record<string, unknown>>;

/** One command's answer in a batch: an HTTP status and the body that its own route would give. */
export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** The command service could not be used: nobody knows what of the last batch it took. */
export class ServiceUnusable extends Error {}

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5_000;
const GIVE_UP_AFTER_MS = 120_000;
const REQUEST_TIMEOUT_MS = 60_000;
const FIRST_CONTACT_MS = 10_000;

/** Throws `ServiceUnusable` for what is no address of a service. */
export function checkAddress(url: string): void {
  if (/^https?:$/.test(URL.canParse(url) ? new URL(url).protocol : '')) return;
  throw new ServiceUnusable(`--url ${url} is no http address`);
}

/** Throws `ServiceUnusable` when nobody answers there within 10 s. */
export async function reachService(url: string, signal: AbortSignal): Promise<void> {
  const startedMs = performance.now();
  for (;;) {
    const answered = await fetch(`${url}/health/live`).catch(() => undefined);
    await answered?.arrayBuffer();
    if (answered?.ok) return;
    if (signal.aborted || performance.now() - startedMs > FIRST_CONTACT_MS) {
      throw new ServiceUnusable(`no command service answers at ${url}; is the ledger running?`);
    }
    await pause(FIRST_PAUSE_MS);
  }
}

/**
 * Sends a batch through the public API and repeats it while the service is away or overloaded: every
 * command carries an id, so a repeat never applies twice. Throws `ServiceUnusable` after 2 minutes.
 */
export async function sendBatch(
  url: string,
  commands: readonly Command[],
  signal: AbortSignal,
): Promise<readonly Answer[]> {
  const startedMs = performance.now();
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    const answered = await attempt(url, commands);
    if (typeof answered !== 'string') return answered;
    if (signal.aborted || performance.now() - startedMs > GIVE_UP_AFTER_MS) {
      throw new ServiceUnusable(`${url} could not be used: ${answered}`);
    }
    await pause(pauseMs);
  }
}

/** The answers, or why it is worth trying again. */
async function attempt(
  url: string,
  commands: readonly Command[],
): Promise<readonly Answer[] | string> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(`${url}/v1/batches`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ commands }),
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    text = await response.text();
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return cause instanceof Error ? cause.message : String(cause);
  }
  if (response.status === 429 || response.status >= 500) return `${response.status} ${text}`;
  if (response.status === 404) {
    throw new ServiceUnusable(`${url} is no command service: set --url or COMMAND_URL to one`);
  }
  if (response.status !== 200) {
    throw new ServiceUnusable(`${url} refused a batch: ${response.status} ${text}`);
  }
  const { results } = JSON.parse(text) as { results: Answer[] };
  const away = results.find(({ status }) => status === 429 || status >= 500);
  return away ? `${away.status} ${JSON.stringify(away.body)}` : results;
}
