import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import {
  type DroppingProxy,
  RunningProcess,
  eventually,
  freePorts,
  startDroppingProxy,
} from '@daybook/testing';

const workspace = resolve(__dirname, '../../../..');

/** A process that can be killed and started again on the same port. */
class Restartable {
  private current?: RunningProcess;

  constructor(
    private readonly args: readonly string[],
    private readonly env: Record<string, string>,
    private readonly readyUrl: string,
  ) {}

  async start(): Promise<void> {
    this.current = new RunningProcess(this.args, { ...process.env, ...this.env }, workspace);
    await eventually(() => fetch(this.readyUrl).then(({ ok }) => ok));
  }

  async kill(): Promise<void> {
    this.current?.signal('SIGKILL');
    await this.current?.exited;
  }

  async stop(): Promise<void> {
    await this.current?.stop();
  }
}

/** One store, two command services, each behind a proxy that can lose the store's replies. */
export class CommandCluster {
  private constructor(
    readonly urls: readonly string[],
    readonly store: Restartable,
    readonly services: readonly Restartable[],
    readonly proxies: readonly DroppingProxy[],
    private readonly folder: string,
  ) {}

  static async start(): Promise<CommandCluster> {
    const folder = mkdtempSync(join(tmpdir(), 'daybook-linearizable-'));
    const [storePort = 0, ...ports] = await freePorts(3);
    const store = new Restartable(
      [
        join(workspace, 'dist/libs/embedded-kurrentdb/cli.js'),
        ...['--data', join(folder, 'kurrentdb'), '--port', String(storePort)],
      ],
      {},
      `http://127.0.0.1:${storePort}/ping`,
    );
    await store.start();
    const proxies = await Promise.all(ports.map(() => startDroppingProxy(storePort)));
    const urls = ports.map((port) => `http://127.0.0.1:${port}`);
    const services = ports.map(
      (port, i) =>
        new Restartable(
          [join(workspace, 'dist/apps/command/main.js')],
          {
            PORT: String(port),
            KURRENTDB_URL: `kurrentdb://127.0.0.1:${proxies[i]?.port}?tls=false`,
            LOG_LEVEL: 'silent',
          },
          `${urls[i]}/health/live`,
        ),
    );
    await Promise.all(services.map((service) => service.start()));
    return new CommandCluster(urls, store, services, proxies, folder);
  }

  async stop(): Promise<void> {
    await Promise.all(this.services.map((service) => service.stop()));
    await Promise.all(this.proxies.map((proxy) => proxy.close()));
    await this.store.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
