import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { freePorts } from './free-ports';
import { RunningProcess } from './running-process';

const workspace = resolve(__dirname, '../../../..');

export interface LedgerOptions {
  /** What Node runs, from the workspace's root; the standalone itself when absent. */
  readonly program?: readonly string[];
  readonly folder?: string;
  readonly args?: readonly string[];
}

/** The whole ledger as real processes on free ports; needs a build (`npm run build`). */
export class RunningLedger {
  private constructor(
    readonly folder: string,
    readonly settings: Readonly<Record<string, string>>,
    readonly process: RunningProcess,
  ) {}

  /** Starts it and waits until it is ready. With `KURRENTDB_URL` and `MONGODB_URL` set, on those. */
  static async start(options: LedgerOptions = {}): Promise<RunningLedger> {
    const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'daybook-e2e-'));
    const settings = await freeSettings(folder);
    const started = spawnStandalone(settings, options.args, options.program);
    const ledger = new RunningLedger(folder, settings, started);
    await ledger.process.printed('Daybook is ready.');
    return ledger;
  }

  get commandUrl(): string {
    return `http://127.0.0.1:${this.settings['COMMAND_PORT']}`;
  }

  get queryUrl(): string {
    return `http://127.0.0.1:${this.settings['QUERY_PORT']}/graphql`;
  }

  get projectorUrl(): string {
    return `http://127.0.0.1:${this.settings['PROJECTOR_PORT']}`;
  }

  get storeUrls(): { readonly KURRENTDB_URL: string; readonly MONGODB_URL: string } {
    const { EMBEDDED_KURRENTDB_PORT, EMBEDDED_MONGODB_PORT } = this.settings;
    return {
      KURRENTDB_URL:
        process.env['KURRENTDB_URL'] ??
        `kurrentdb://127.0.0.1:${EMBEDDED_KURRENTDB_PORT}?tls=false`,
      MONGODB_URL:
        process.env['MONGODB_URL'] ?? `mongodb://127.0.0.1:${EMBEDDED_MONGODB_PORT}/daybook`,
    };
  }

  /** The pid of a part, undefined while it is down. */
  pidOf(part: string): number | undefined {
    const file = join(this.folder, 'run', `${part}.pid`);
    return existsSync(file) ? Number(readFileSync(file, 'utf8')) : undefined;
  }

  /** kill -9 of one part; false when it is not running just now. */
  kill(part: string): boolean {
    const pid = this.pidOf(part);
    if (!pid) return false;
    process.kill(pid, 'SIGKILL');
    return true;
  }

  /** Stops everything cleanly and starts it again on the same folder and new ports. */
  async restart(): Promise<RunningLedger> {
    await this.process.stop();
    return RunningLedger.start({ folder: this.folder });
  }

  /** Starts another instance of a service on a port of its own. */
  async another(
    service: string,
  ): Promise<{ readonly url: string; readonly process: RunningProcess }> {
    const [port] = await freePorts(1);
    const script = join(workspace, 'dist/apps', service, 'main.js');
    const env = { ...process.env, ...this.storeUrls, PORT: String(port), LOG_LEVEL: 'warn' };
    const started = new RunningProcess([script], env, workspace);
    const url = `http://127.0.0.1:${port}`;
    await eventually(() => fetch(`${url}/health/ready`).then(({ ok }) => ok));
    return { url, process: started };
  }

  /** Runs the command line against this ledger; resolves with its exit status and output. */
  cli(...args: readonly string[]): RunningProcess {
    const script = join(workspace, 'dist/apps/cli/main.js');
    const env = { ...process.env, ...this.settings, ...this.storeUrls };
    return new RunningProcess([script, ...args], env, workspace);
  }

  /** Starts a second ledger on the same ports, and on the same folder unless told otherwise. */
  rival(folder = this.folder): RunningProcess {
    return spawnStandalone({ ...this.settings, DAYBOOK_DIR: folder });
  }

  /** Ends everything and deletes its folder. */
  async destroy(): Promise<void> {
    if (this.process.running) await this.process.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const standalone = join(workspace, 'dist/apps/standalone/main.js');

/** Settings of a ledger in a folder, on ports that are free. */
export async function freeSettings(folder: string): Promise<Record<string, string>> {
  const names = ['COMMAND', 'QUERY', 'PROJECTOR', 'EMBEDDED_KURRENTDB', 'EMBEDDED_MONGODB'];
  const ports = await freePorts(names.length);
  return Object.fromEntries([
    ...names.map((name, i) => [`${name}_PORT`, String(ports[i])]),
    ['DAYBOOK_DIR', folder],
  ]) as Record<string, string>;
}

/** Starts a ledger's processes and waits for nothing. */
export function spawnStandalone(
  settings: Record<string, string>,
  args: readonly string[] = [],
  program: readonly string[] = [standalone],
) {
  if (!existsSync(standalone)) throw new Error('not built: run npm run build first');
  const env = { LOG_LEVEL: 'warn', ...process.env, ...settings };
  return new RunningProcess([...program, ...args], env, workspace);
}

/** Tries until the condition holds; throws when it does not within the time. */
export async function eventually(
  condition: () => Promise<boolean>,
  timeoutMs = 30_000,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await condition().catch(() => false))) {
    if (performance.now() > deadline) throw new Error(`did not come true in ${timeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
