// What every script of package.json needs first: a Node that will do, and the packages installed.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

/**
 * Runs a command in the workspace's root; resolves with its exit code (130 when interrupted).
 * `started` is given the child process.
 */
export function run(command, args, { started, ...options } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', ...options });
    started?.(child);
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 1)));
  });
}

/** Runs a package's command through this very Node. */
export const runNode = (args, options) => run(process.execPath, args, options);

/** `npm ci` when what is installed is not what package-lock.json says. */
export async function ensureInstalled(options) {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    console.error(`Daybook needs Node 20.19 or newer; this is ${process.version}.`);
    process.exit(2);
  }
  if (isInstalled()) return;
  console.log('Installing packages (npm ci) …');
  const code = await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], options);
  if (code !== 0) process.exit(2);
}

/** npm leaves a lock of what it installed; optional packages of other platforms may be missing. */
function isInstalled() {
  const hidden = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(hidden)) return false;
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const found = JSON.parse(readFileSync(hidden, 'utf8')).packages;
  return Object.entries(wanted)
    .filter(([path, entry]) => path.startsWith('node_modules/') && !entry.optional)
    .every(([path, entry]) => found[path] && found[path].version === entry.version);
}

/** Builds what has changed since the last build (Nx knows); `started` is given the process. */
export async function build({ started } = {}) {
  const args = ['node_modules/nx/dist/bin/nx.js', 'run-many', '-t', 'build'];
  let output = '';
  const code = await new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...args, '--output-style=static'], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false' },
    });
    started?.(child);
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (d) => (output += d));
    child.on('error', reject);
    child.on('close', (exit) => resolve(exit ?? 1));
  });
  if (code === 0) return;
  console.error(output);
  console.error('The build failed.');
  process.exit(2);
}
