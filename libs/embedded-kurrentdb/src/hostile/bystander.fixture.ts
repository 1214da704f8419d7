import { KurrentDBClient, jsonEvent } from '@kurrent/kurrentdb-client';

const pauseMs = 25;

/** An ordinary client that works beside an attack and must not notice it. */
export class Bystander {
  readonly failures: string[] = [];
  rounds = 0;
  slowestMs = 0;
  private readonly client: KurrentDBClient;
  private stopping = false;
  private readonly working: Promise<void>;

  constructor(url: string) {
    this.client = KurrentDBClient.connectionString(url);
    this.working = this.work();
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
      const begun = performance.now();
      try {
        const event = jsonEvent({ type: 'bystander', data: { n: this.rounds } });
        await this.client.appendToStream('bystander', event, {
          streamState: this.rounds === 0 ? 'no_stream' : BigInt(this.rounds - 1),
        });
        this.rounds++;
      } catch (error) {
        this.failures.push(String(error));
        return;
      }
      this.slowestMs = Math.max(this.slowestMs, performance.now() - begun);
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}
