import { KurrentDBClient, jsonEvent } from '@kurrent/kurrentdb-client';

const pauseMs = 25;
const readEvery = 10;

/** What a bystander saw: all its rounds, and how long calls took since the last report. */
export interface BystanderReport {
  readonly rounds: number;
  readonly failures: readonly string[];
  readonly medianMs: number;
  readonly slowestMs: number;
}

/** An ordinary client that works beside an attack and must not notice it. */
export class Bystander {
  private readonly failures: string[] = [];
  private rounds = 0;
  private tookMs: number[] = [];
  private waitingSince: number | undefined;
  private readonly client: KurrentDBClient;
  private stopping = false;
  private readonly working: Promise<void>;

  constructor(url: string) {
    this.client = KurrentDBClient.connectionString(url);
    this.working = this.work();
  }

  /** What happened so far; a call that is not answered yet counts with what it has waited. */
  report(): BystanderReport {
    const waited = this.waitingSince === undefined ? [] : [performance.now() - this.waitingSince];
    const tookMs = [...this.tookMs, ...waited].sort((a, b) => a - b);
    this.tookMs = [];
    const { rounds, failures } = this;
    const medianMs = tookMs[tookMs.length >> 1] ?? 0;
    return { rounds, failures, medianMs, slowestMs: tookMs.at(-1) ?? 0 };
  }

  /** Ends the work and reads back everything that was acknowledged. */
  async stop(): Promise<void> {
    this.stopping = true;
    await this.working;
    let next = 0;
    for await (const { event } of this.client.readStream('bystander')) {
      const { n } = event?.data as { n: number };
      if (n !== next++) this.failures.push(`event ${next - 1} is missing`);
    }
    if (next !== this.rounds) this.failures.push(`${this.rounds} acknowledged, ${next} read`);
    await this.client.dispose();
  }

  private async work(): Promise<void> {
    while (!this.stopping) {
      try {
        await this.timed(() => this.append());
        if (this.rounds % readEvery === 0) await this.timed(() => this.readLast());
      } catch (error) {
        this.failures.push(String(error));
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }

  private async append(): Promise<void> {
    const event = jsonEvent({ type: 'bystander', data: { n: this.rounds } });
    await this.client.appendToStream('bystander', event, {
      streamState: this.rounds === 0 ? 'no_stream' : BigInt(this.rounds - 1),
    });
    this.rounds++;
  }

  private async readLast(): Promise<void> {
    const last = { direction: 'backwards', fromRevision: 'end', maxCount: 1 } as const;
    for await (const { event } of this.client.readStream('bystander', last)) {
      const { n } = event?.data as { n: number };
      if (n !== this.rounds - 1) this.failures.push(`read ${n} after ${this.rounds - 1}`);
    }
  }

  private async timed(call: () => Promise<void>): Promise<void> {
    const begun = performance.now();
    this.waitingSince = begun;
    await call();
    this.waitingSince = undefined;
    this.tookMs.push(performance.now() - begun);
  }
}
