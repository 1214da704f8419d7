// Lints the workspace. The wall rule passes silently without a project graph, so the graph is made
// first and must name every project.
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
  const nodes = Object.keys(JSON.parse(readFileSync(file, 'utf8')).graph.nodes);
  const expected = ['apps', 'libs'].flatMap((kind) => readdirSync(kind));
  const missing = expected.filter((name) => !nodes.includes(name));
  if (missing.length > 0) throw new Error(`the project graph lacks ${missing.join(', ')}`);
  run('eslint/bin/eslint.js', '--max-warnings=0', ...process.argv.slice(2), 'apps', 'libs');
} catch (error) {
  if (error.status === undefined) console.error(error.message);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
