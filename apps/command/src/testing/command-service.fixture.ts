import { startEmbeddedKurrentDB } from '@daybook/embedded-kurrentdb';
import { connectKurrentDB } from '@daybook/event-store-kurrentdb';
import { createLogger, createMetrics, type RunningService } from '@daybook/platform';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { startCommand, type CommandServiceParts } from '../start-command';

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown> & { position?: string; code?: string };
}

/** A command service in this process, and how to talk to it. */
export interface TestedService extends RunningService {
  send(method: string, path: string, body?: unknown, headers?: object): Promise<Answered>;
  post(path: string, body?: unknown, headers?: object): Promise<Answered>;
  /** What one of its metrics says now. */
  metric(name: string): Promise<number>;
}

/** Where the tests' store is: the given one, or an embedded one of their own. */
export async function startStore(): Promise<{ url: string; stop(): Promise<void> }> {
  const given = process.env['KURRENTDB_URL'];
  if (given) return { url: given, stop: () => Promise.resolve() };
  const dataDir = mkdtempSync(join(tmpdir(), 'daybook-command-'));
  const store = await startEmbeddedKurrentDB({ dataDir, port: 0 });
  return {
    url: store.url,
    stop: async () => {
      await store.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Starts a service on a store's URL; `parts` replaces what a test needs otherwise. */
export async function startTested(
  url: string,
  parts: Partial<CommandServiceParts> = {},
  settings: object = {},
): Promise<TestedService> {
  const service = await startCommand({
    settings: { PORT: 0, HOST: '127.0.0.1', LOG_LEVEL: 'fatal', ...settings },
    logger: createLogger('command', 'fatal'),
    metrics: createMetrics('command'),
    connection: parts.connection ?? connectKurrentDB(url),
    docsFolder: dirname(require.resolve('swagger-ui-dist/package.json')),
    ...parts,
  });
  const send: TestedService['send'] = async (method, path, body, headers = {}) => {
    const raw = typeof body === 'string' ? body : JSON.stringify(body);
    const response = await fetch(`${service.url}${path}`, {
      method,
      ...(body !== undefined && { body: raw }),
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: text === '' ? {} : JSON.parse(text),
    };
  };
  const post: TestedService['post'] = (path, body, headers) => send('POST', path, body, headers);
  const metric = async (name: string) => {
    const text = await (await fetch(`${service.url}/metrics`)).text();
    return Number(new RegExp(`^${name}{.*} (\\d+)$`, 'm').exec(text)?.[1]);
  };
  return { ...service, send, post, metric };
}

/** A name that no other test on the same store has. */
export const unique = (name: string): string => `${name}-${randomUUID().slice(0, 13)}`;
