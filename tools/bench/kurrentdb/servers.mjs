// Starts the servers under test as processes of their own.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const built = join(here, '../../../dist/libs/embedded-kurrentdb');
const startMsMax = 60_000;

/** The server that stores nothing. */
export const startBare = () => start([join(here, 'bare-server.mjs')]);

/** The embedded server, as it was built. */
export function startEmbedded(dataDir, { profile, library = built } = {}) {
  if (!existsSync(library)) throw new Error(`${library} is missing: run "npm run build" first`);
  const profiling = profile ? ['--cpu-prof', '--cpu-prof-dir', profile] : [];
  return start([...profiling, join(here, 'embedded-server.mjs'), library, dataDir]);
}

function start(nodeArgs) {
  const child = spawn(process.execPath, nodeArgs, { stdio: ['ignore', 'pipe', 'inherit'] });
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), startMsMax);
    let output = '';
    child.once('exit', (code) => reject(new Error(`${nodeArgs.join(' ')} ended with ${code}`)));
    child.stdout.on('data', (chunk) => {
      output += chunk;
      const port = /listening on (\d+)/.exec(output)?.[1];
      if (!port) return;
      clearTimeout(timer);
      const exited = new Promise((done) => child.once('exit', done));
      const stop = () => (child.kill('SIGTERM'), exited);
      resolve({ url: `kurrentdb://127.0.0.1:${port}?tls=false`, pid: child.pid, stop });
    });
  });
}
