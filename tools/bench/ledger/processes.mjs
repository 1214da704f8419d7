// Starts the ledger's parts as processes of their own, on free ports and a folder of their own.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');

export async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export function start(script, args = [], env = {}, nodeArgs = []) {
  const child = spawn(process.execPath, [...nodeArgs, script, ...args], {
    cwd: root,
    env: { ...process.env, LOG_LEVEL: 'error', ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  return { pid: child.pid, stop: () => (child.kill('SIGTERM'), exited) };
}

export async function until(condition, what, ms = 30_000) {
  const deadline = performance.now() + ms;
  while (!(await condition().catch(() => false))) {
    if (performance.now() > deadline) throw new Error(`${what} in ${ms} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** As the standalone and the images start them. */
const nodeArgs = JSON.parse(readFileSync(join(root, 'apps/standalone/node-args.json'), 'utf8'));
const startPart = (script, args, env, ownArgs) =>
  start(script, args, env, ['--enable-source-maps', ...ownArgs]);

const ready = (url) => () => fetch(`${url}/health/ready`).then(({ ok }) => ok);

/** The ledger with or without its read side. `stop()` also deletes its folder. */
export async function startLedger({ readSide }) {
  const folder = mkdtempSync(join(tmpdir(), 'daybook-bench-'));
  const running = new Map();
  const ports = [];
  for (let i = 0; i < 5; i++) ports.push(await freePort());
  const [kurrent, mongo, command, projector, query] = ports;
  const env = {
    KURRENTDB_URL: process.env.KURRENTDB_URL ?? `kurrentdb://127.0.0.1:${kurrent}?tls=false`,
    MONGODB_URL: process.env.MONGODB_URL ?? `mongodb://127.0.0.1:${mongo}/daybook`,
  };
  const urls = {
    command: `http://127.0.0.1:${command}`,
    projector: `http://127.0.0.1:${projector}`,
    query: `http://127.0.0.1:${query}`,
  };
  const store = (name, port) => {
    const args = ['--data', join(folder, name), '--port', String(port)];
    running.set(name, startPart(`dist/libs/embedded-${name}/cli.js`, args, {}, nodeArgs.store));
  };
  const service = async (part, port, name = part) => {
    const settings = { ...env, PORT: String(port) };
    const url = `http://127.0.0.1:${port}`;
    running.set(name, startPart(`dist/apps/${part}/main.js`, [], settings, nodeArgs.service));
    await until(ready(url), `${name} was not ready`);
    return url;
  };
  if (!process.env.KURRENTDB_URL) store('kurrentdb', kurrent);
  if (readSide && !process.env.MONGODB_URL) store('mongodb', mongo);
  await service('command', command);
  if (readSide) {
    await service('projector', projector);
    await service('query', query);
  }
  return {
    urls,
    env,
    pid: (name) => running.get(name)?.pid,
    /** One more command service on the same store, stopped with the others. */
    async anotherCommand() {
      return service('command', await freePort(), `command-${running.size}`);
    },
    async restartCommand() {
      await running.get('command').stop();
      await service('command', command);
    },
    async stop() {
      for (const part of [...running.values()].reverse()) await part.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export async function post(url, body) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${url}: ${response.status} ${JSON.stringify(answer)}`);
  return answer;
}
