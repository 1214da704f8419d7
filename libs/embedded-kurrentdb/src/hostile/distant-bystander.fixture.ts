import { bundledScript } from '@daybook/testing';
import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { BystanderReport } from './bystander.fixture';

const answerMsMax = 30_000;

/** A bystander in a process of its own: what it measures is not the attacker's own business. */
export class DistantBystander {
  private readonly child: ChildProcess;

  constructor(url: string) {
    const script = bundledScript(join(__dirname, 'bystander-process.fixture.ts'), [
      '@kurrent/kurrentdb-client',
    ]);
    this.child = fork(script, [url], { execArgv: [] });
  }

  /** What it saw so far; its times are those since the last report. */
  report(): Promise<BystanderReport> {
    return this.ask('report');
  }

  /** Lets it read back everything that was acknowledged. */
  stop(): Promise<BystanderReport> {
    return this.ask('stop');
  }

  /** Ends its process. */
  end(): void {
    this.child.removeAllListeners('exit');
    this.child.kill();
  }

  private ask(request: 'report' | 'stop'): Promise<BystanderReport> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no answer to ${request}`)), answerMsMax);
      this.child.once('exit', () => reject(new Error('the bystander is gone')));
      this.child.once('message', (report) => {
        clearTimeout(timer);
        resolve(report as BystanderReport);
      });
      this.child.send(request);
    });
  }
}
