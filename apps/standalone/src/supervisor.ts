import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { urlAt } from './addresses';
import { BadSettingsError, childEnvironment } from './config';
import { type Part, adviceOfCheck } from './parts';

const RESTART_DELAY_MIN_MS = 200;
const RESTART_DELAY_MAX_MS = 10_000;
/** A part that ran this long has recovered: its next restart is quick again. */
const STABLE_AFTER_MS = 30_000;
const READY_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 20_000;
/** What a part exits with when its settings are not right; each is a line on its stderr. */
const SETTINGS_REFUSED = 2;
const COMPLAINTS_MAX = 50;

interface Seen {
  readonly isUp: boolean;
  /** What to do about a part that is up and held up. */
  readonly advice?: string | undefined;
  /** What a part that answers is not ready for. */
  readonly lacks?: string;
}

export type Say = (name: string, line: string) => void;

/**
 * Keeps one part running: starts it, writes its pid to `run/<name>.pid`, shows its log, starts it
 * again with backoff when it dies, unless it refuses its settings before it was ever ready. The
 * child ends by itself when this process dies (its IPC channel closes).
 */
export class SupervisedPart {
  private child?: ChildProcess;
  private stopping = false;
  private wasReady = false;
  private complaints: string[] = [];
  /** Of any of its starts: the newest may not have come to say it again. */
  private lastComplaint = '';
  private refusal?: BadSettingsError;
  private delayMs = RESTART_DELAY_MIN_MS;
  private restart?: NodeJS.Timeout;
  private readonly pidFile: string;

  constructor(
    readonly part: Part,
    runFolder: string,
    private readonly say: Say,
  ) {
    this.pidFile = join(runFolder, `${part.name}.pid`);
  }

  start(): void {
    const { script, nodeArgs, args, env } = this.part;
    const child = spawn(process.execPath, ['--enable-source-maps', ...nodeArgs, script, ...args], {
      env: childEnvironment(env),
      // A terminal's Ctrl-C goes to its whole process group; the parts are stopped in order by us.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const startedMs = performance.now();
    this.child = child;
    this.complaints = [];
    if (child.pid !== undefined) writeFileSync(this.pidFile, `${child.pid}\n`);
    this.showLines(child.stdout);
    this.showLines(child.stderr, (line) => this.heed(line));
    child.once('error', (error) => this.say(this.part.name, error.message));
    child.once('exit', (code, signal) => this.ended(code, signal, performance.now() - startedMs));
    // Later than its exit: now all that it printed has been read.
    child.once('close', (code) => {
      if (this.refused(code)) this.refusal = new BadSettingsError(this.complaints);
    });
  }

  /**
   * Resolves when the part answers, or is held up by what only a command can end: then with what
   * to do. Rejects when it refuses its settings or a minute is over.
   */
  async ready(timeoutMs = READY_TIMEOUT_MS): Promise<string | undefined> {
    const deadline = performance.now() + timeoutMs;
    let seen = await this.look();
    while (!seen.isUp) {
      if (this.stopping) return undefined;
      if (this.refusal) throw this.refusal;
      if (performance.now() > deadline) {
        const why = seen.lacks || this.lastComplaint;
        const problem = `${this.part.name} is not ready after ${timeoutMs / 1000} s`;
        throw new Error(why ? `${problem}: ${why}` : problem);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
      seen = await this.look();
    }
    this.wasReady = true;
    return seen.advice;
  }

  /** Stops the part and waits for its end; after 20 s it is killed. Resolves with its exit code. */
  async stop(): Promise<number> {
    this.stopping = true;
    clearTimeout(this.restart);
    const child = this.child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return 0;
    const exited = new Promise<number>((resolve) => {
      // Ended by the signal itself, it had not begun to listen to it: nothing was under way.
      child.once('exit', (code, signal) => resolve(signal === 'SIGTERM' ? 0 : (code ?? 1)));
    });
    child.kill('SIGTERM');
    const kill = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    return exited.finally(() => clearTimeout(kill));
  }

  private ended(code: number | null, signal: string | null, ranMs: number): void {
    rmSync(this.pidFile, { force: true });
    if (this.stopping || this.refused(code)) return;
    if (ranMs > STABLE_AFTER_MS) this.delayMs = RESTART_DELAY_MIN_MS;
    const how = signal ? `was ended by ${signal}` : `ended with ${code}`;
    this.say(this.part.name, `${how}; starting again in ${this.delayMs} ms`);
    this.restart = setTimeout(() => this.start(), this.delayMs);
    this.delayMs = Math.min(this.delayMs * 2, RESTART_DELAY_MAX_MS);
  }

  private refused(code: number | null): boolean {
    return code === SETTINGS_REFUSED && !this.wasReady;
  }

  private heed(line: string): void {
    const prefix = `${this.part.name}: `;
    if (this.wasReady || !line.startsWith(prefix)) return;
    this.lastComplaint = line.slice(prefix.length);
    if (this.complaints.length < COMPLAINTS_MAX) this.complaints.push(this.lastComplaint);
  }

  private showLines(stream: Readable | null, heed?: (line: string) => void): void {
    if (!stream) return;
    createInterface({ input: stream }).on('line', (line) => {
      this.say(this.part.name, line);
      heed?.(line);
    });
  }

  /** Whether the part is up. One that only a command can help counts as up, with what to do. */
  private async look(): Promise<Seen> {
    const { host, port, readyPath, heldUpBy = {} } = this.part;
    if (!readyPath) return { isUp: await takesConnections(host, port) };
    try {
      const signal = AbortSignal.timeout(2_000);
      const response = await fetch(`${urlAt(host, port)}${readyPath}`, { signal });
      if (response.ok) return { isUp: true };
      const { checks } = (await response.json()) as { checks: Record<string, string> };
      const code = Object.values(checks).find((outcome) => Object.hasOwn(heldUpBy, outcome));
      if (code !== undefined) return { isUp: true, advice: heldUpBy[code] };
      return { isUp: false, lacks: lackedBy(checks) };
    } catch {
      return { isUp: false };
    }
  }
}

function lackedBy(checks: Readonly<Record<string, string>>): string {
  const failed = Object.entries(checks).filter(([, outcome]) => outcome !== 'ok');
  const told = failed.map(([check, outcome]) => {
    const advice = adviceOfCheck[check];
    return `${check}: ${outcome}${advice ? ` (${advice})` : ''}`;
  });
  return told.join(', ');
}

function takesConnections(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
