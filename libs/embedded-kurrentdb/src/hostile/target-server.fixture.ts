import { bundledScript } from '@daybook/testing';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const startMsMax = 30_000;

/** The server under attack, in a process of its own so that its memory and its end are its own. */
export class TargetServer {
  private output = '';

  private constructor(
    private readonly child: ChildProcess,
    private readonly dataDir: string,
  ) {
    child.stderr?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
  }

  port = 0;

  static async start(): Promise<TargetServer> {
    const script = bundledScript(join(__dirname, 'server-process.fixture.ts'), ['lmdb']);
    const dataDir = mkdtempSync(join(tmpdir(), 'hostile-'));
    const child = spawn(process.execPath, [script, dataDir], { stdio: ['ignore', 'pipe', 'pipe'] });
    const target = new TargetServer(child, dataDir);
    target.port = await target.announcedPort();
    return target;
  }

  get url(): string {
    return `kurrentdb://127.0.0.1:${this.port}?tls=false`;
  }

  /** Exit code or signal when it has ended, else undefined. */
  get ended(): string | undefined {
    if (this.child.exitCode === null && this.child.signalCode === null) return undefined;
    return `${this.child.exitCode ?? this.child.signalCode}: ${this.output.slice(-2_000)}`;
  }

  /** What it wrote to its error output: defects are reported there. */
  get complaints(): string {
    return this.output;
  }

  /** Memory of the process that no file backs. */
  get anonymousBytes(): number {
    const rollup = readFileSync(`/proc/${this.child.pid}/smaps_rollup`, 'utf8');
    return Number(/^Anonymous:\s+(\d+) kB/m.exec(rollup)?.[1]) * 1024;
  }

  async stop(): Promise<void> {
    if (this.ended === undefined) {
      const exited = new Promise((resolve) => this.child.once('exit', resolve));
      this.child.kill('SIGTERM');
      const timer = setTimeout(() => this.child.kill('SIGKILL'), 10_000);
      await exited;
      clearTimeout(timer);
    }
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  private announcedPort(): Promise<number> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('it does not start')), startMsMax);
      this.child.once('exit', () => reject(new Error(`it ended: ${this.output}`)));
      let text = '';
      this.child.stdout?.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        const port = /listening on (\d+)/.exec(text)?.[1];
        if (!port) return;
        clearTimeout(timer);
        resolve(Number(port));
      });
    });
  }
}
