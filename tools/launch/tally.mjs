// Counts what passed and failed over several steps and ends with one plain line.
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runNode } from './workspace.mjs';

export class Tally {
  passed = 0;
  failed = 0;

  /** A step that passes or fails as a whole: an exit code. */
  async step(name, action) {
    const started = performance.now();
    const code = await action();
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(`${code === 0 ? '✓' : '✗'} ${name} (${seconds} s)`);
    if (code === 0) this.passed++;
    else this.failed++;
  }

  add(passed, failed) {
    this.passed += passed;
    this.failed += failed;
  }

  /** The closing line, also for a script that adds up several runs (DAYBOOK_TALLY names its file). */
  end() {
    console.log(`${this.passed} passed, ${this.failed} failed`);
    const file = process.env.DAYBOOK_TALLY;
    if (file) appendFileSync(file, `${this.passed} ${this.failed}\n`);
    process.exitCode = this.failed === 0 && this.passed > 0 ? 0 : 1;
  }
}

/** Runs one kind of Jest tests and adds up its results; a run without results is a failure. */
export async function jest(tally, kind, args = []) {
  const folder = mkdtempSync(join(tmpdir(), 'daybook-jest-'));
  const outputFile = join(folder, 'results.json');
  const code = await runNode(
    [
      'node_modules/jest/bin/jest.js',
      ...['--selectProjects', kind, '--json', `--outputFile=${outputFile}`, '--silent=false'],
      ...args,
      ...process.argv.slice(2),
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  try {
    const result = JSON.parse(readFileSync(outputFile, 'utf8'));
    const broken = result.numRuntimeErrorTestSuites + (result.numTotalTests === 0 ? 1 : 0);
    const failed = result.numFailedTests + broken;
    tally.add(result.numPassedTests, failed === 0 && code !== 0 ? 1 : failed);
    console.log(
      `${failed === 0 ? '✓' : '✗'} ${kind} tests: ${result.numPassedTests} passed, ${failed} failed`,
    );
  } catch {
    tally.add(0, 1);
    console.log(`✗ ${kind} tests: no result`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
