import {
  KurrentDBClient,
  jsonEvent,
  persistentSubscriptionToAllSettingsFromDefaults,
  persistentSubscriptionToStreamSettingsFromDefaults,
  type PersistentSubscriptionToAll,
  type PersistentSubscriptionToStream,
} from '@kurrent/kurrentdb-client';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedKurrentDB, type EmbeddedKurrentDB } from '../index';

type Subscription = PersistentSubscriptionToStream | PersistentSubscriptionToAll;

/** What a consumer was sent, in short. */
export interface Seen {
  readonly id: string;
  readonly n: number;
  readonly stream: string;
  readonly type: string;
  readonly retryCount: number;
}
type Delivered = Parameters<PersistentSubscriptionToStream['ack']>[0] & { retryCount: number };
export type Answer = (
  delivered: Delivered,
  subscription: PersistentSubscriptionToStream,
) => Promise<void> | undefined;

export const ack: Answer = (delivered, subscription) => subscription.ack(delivered);

/** A server on a folder of its own with a client, both of which can be started again. */
export class Servers {
  readonly dataDir = mkdtempSync(join(tmpdir(), 'persistent-'));
  server!: EmbeddedKurrentDB;
  client!: KurrentDBClient;

  async start(more: object = {}): Promise<void> {
    this.server = await startEmbeddedKurrentDB({ dataDir: this.dataDir, port: 0, ...more });
    this.client = KurrentDBClient.connectionString(this.server.url);
  }

  async stop(): Promise<void> {
    await this.client.dispose();
    await this.server.stop();
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  async end(): Promise<void> {
    await this.stop();
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}

/** Events numbered from `from` on. */
export const events = (count: number, from = 0, more: { type?: string; metadata?: object } = {}) =>
  Array.from({ length: count }, (_, i) =>
    jsonEvent({ type: more.type ?? 'counted', data: { n: from + i }, metadata: more.metadata }),
  );

/** Settings of a group that reads from the start and stores its place soon. */
export const fromStart = (more: object = {}) =>
  persistentSubscriptionToStreamSettingsFromDefaults({
    startFrom: 'start',
    checkPointAfter: 100,
    checkPointLowerBound: 1,
    ...more,
  });

export const allFromStart = (more: object = {}) =>
  persistentSubscriptionToAllSettingsFromDefaults({ startFrom: 'start', ...more });

/** A consumer that answers everything it is sent and remembers it. */
export class TestConsumer {
  readonly seen: Seen[] = [];
  error: { type?: string } | undefined;
  ended = false;
  readonly confirmed: Promise<void>;

  constructor(
    readonly subscription: Subscription,
    answer: Answer = ack,
  ) {
    const own = subscription as PersistentSubscriptionToStream;
    this.confirmed = new Promise((resolve) => own.once('confirmation', resolve));
    own.on('data', (delivered) => {
      const { event } = delivered;
      this.seen.push({
        id: event?.id ?? '',
        n: (event?.data as { n?: number } | undefined)?.n ?? -1,
        stream: event?.streamId ?? '',
        type: event?.type ?? '',
        retryCount: (delivered as Delivered).retryCount,
      });
      answer(delivered as Delivered, own)?.catch(() => undefined);
    });
    own.on('error', (error) => (this.error = error as { type?: string }));
    own.on('end', () => (this.ended = true));
  }

  get numbers(): number[] {
    return this.seen.map(({ n }) => n);
  }

  /** Waits until it has seen so many events. */
  async has(count: number, ms = 5_000): Promise<this> {
    await until(
      () => this.seen.length >= count,
      ms,
      () => `${this.seen.length} of ${count} events`,
    );
    return this;
  }

  async fails(ms = 5_000): Promise<string | undefined> {
    await until(
      () => this.error !== undefined,
      ms,
      () => 'no error',
    );
    return this.error?.type;
  }

  leave(): Promise<void> {
    return this.subscription.unsubscribe();
  }
}

/** Waits for a condition; fails with what was seen instead. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  ms = 5_000,
  instead: () => string = () => 'it did not come true',
): Promise<void> {
  const end = performance.now() + ms;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`after ${ms} ms: ${instead()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Long enough for something unwanted to happen. */
export const aWhile = () => new Promise((resolve) => setTimeout(resolve, 250));
