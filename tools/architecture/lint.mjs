// Lints the workspace. The wall rule passes silently without a project graph, so the graph is made
// first and must name every project. And it must say what each app is made of: without, Nx takes an
// app's last build from its cache although a library has changed.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'daybook-graph-'));
const run = (command, ...args) =>
  execFileSync(process.execPath, [`node_modules/${command}`, ...args], { stdio: 'inherit' });

try {
  const file = join(folder, 'graph.json');
  execFileSync(process.execPath, ['node_modules/nx/dist/bin/nx.js', 'graph', `--file=${file}`], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const { graph } = JSON.parse(readFileSync(file, 'utf8'));
  const nodes = Object.keys(graph.nodes);
  const expected = ['apps', 'libs'].flatMap((kind) => readdirSync(kind));
  const missing = expected.filter((name) => !nodes.includes(name));
  if (missing.length > 0) throw new Error(`the project graph lacks ${missing.join(', ')}`);
  const alone = readdirSync('apps').filter((app) =>
    graph.dependencies[app].every(({ target }) => !nodes.includes(target)),
  );
  if (alone.length > 0) {
    throw new Error(`the project graph does not say what ${alone.join(', ')} are made of`);
  }
  run('eslint/bin/eslint.js', '--max-warnings=0', ...process.argv.slice(2), 'apps', 'libs');
} catch (error) {
  if (error.status === undefined) console.error(error.message);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
