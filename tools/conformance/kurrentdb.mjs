// Compares the embedded KurrentDB with recorded answers of a real one, where those are at hand.
//   node tools/conformance/kurrentdb.mjs FOLDER   (run.mjs and golden.jsonl are in it)
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const recorded = process.argv[2];
const data = mkdtempSync(join(tmpdir(), 'daybook-conformance-'));
const port = await freePort();
const server = spawn(
  process.execPath,
  ['dist/libs/embedded-kurrentdb/cli.js', '--data', join(data, 'store'), '--port', String(port)],
  { stdio: ['ignore', 'ignore', 'inherit'] },
);
const stopped = new Promise((resolve) => server.once('exit', resolve));
try {
  await answers(`http://127.0.0.1:${port}/ping`);
  process.exitCode = await runNode([
    join(recorded, 'run.mjs'),
    ...['--url', `kurrentdb://127.0.0.1:${port}?tls=false`],
    ...['--compare', join(recorded, 'golden.jsonl')],
  ]);
} finally {
  server.kill('SIGTERM');
  await stopped;
  rmSync(data, { recursive: true, force: true });
}

function runNode(args) {
  return new Promise((resolve) => {
    spawn(process.execPath, args, { stdio: 'inherit' }).once('exit', (code) => resolve(code ?? 1));
  });
}

async function answers(url) {
  for (let tries = 0; tries < 200; tries++) {
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${url} did not answer`);
}

async function freePort() {
  const probe = createServer();
  await new Promise((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port: free } = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return free;
}
