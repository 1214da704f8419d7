import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseTrace, tracedCalls, type TracedCall } from './system-calls';

/** One step of a recorded run, in the order of the trace. */
export type RecordedStep =
  | { readonly kind: 'disk'; readonly call: TracedCall }
  | { readonly kind: 'said'; readonly line: string };

/** A run of a process: what it did to a folder, and what it said in between. */
export interface Recording {
  readonly root: string;
  readonly steps: readonly RecordedStep[];
}

export interface RecordOptions {
  /** Arguments of `node`: a script and what it takes. */
  readonly args: readonly string[];
  /** The folder whose changes are followed. */
  readonly root: string;
  readonly timeoutMs: number;
}

const bytesShownMax = 64 * 1024 * 1024;
const outputBytesMax = 1024 * 1024 * 1024;

/**
 * Runs a script under strace and records its writes, syncs and names with their bytes. What it prints
 * to standard output (synchronously, line by line) is recorded in order with them. Throws when strace
 * is missing or the script fails.
 */
export function recordRun(options: RecordOptions): Recording {
  const folder = mkdtempSync(join(tmpdir(), 'trace-'));
  const file = join(folder, 'trace.txt');
  try {
    const flags = ['-f', '-y', '-xx', '-s', String(bytesShownMax), '-o', file];
    const trace = ['-e', `trace=${tracedCalls.join(',')}`];
    runStrace([...flags, ...trace], options);
    return { root: options.root, steps: stepsOf(parseTrace(readFileSync(file, 'utf8'))) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What a run under injected faults said, and how it ended. */
export interface FaultyRun {
  readonly said: readonly string[];
  readonly status: number | null;
  readonly errors: string;
}

/**
 * Runs a script with strace making system calls fail, e.g. `fdatasync:error=EIO:when=3`; only those on
 * the given file, if one is given.
 */
export function runWithFaults(inject: string, options: RecordOptions, file?: string): FaultyRun {
  const calls = inject.split(':')[0] ?? '';
  const onFile = file === undefined ? [] : ['-P', file];
  const flags = [
    '-f',
    ...onFile,
    '-o',
    '/dev/null',
    '-e',
    `trace=${calls}`,
    '-e',
    `inject=${inject}`,
  ];
  const run = strace(flags, options);
  return { said: linesOf(run.stdout), status: run.status, errors: run.stderr };
}

/** Steps in the order in which calls ended; a line counts as said once its write has ended. */
function stepsOf(calls: TracedCall[]): RecordedStep[] {
  const steps: RecordedStep[] = [];
  let unfinishedLine = '';
  for (const call of [...calls].sort((a, b) => a.ended - b.ended)) {
    if (call.call !== 'write' || call.fd !== 1) {
      steps.push({ kind: 'disk', call });
      continue;
    }
    const lines = (unfinishedLine + call.data.toString()).split('\n');
    unfinishedLine = lines.pop() ?? '';
    for (const line of lines) steps.push({ kind: 'said', line });
  }
  return steps;
}

function runStrace(flags: string[], options: RecordOptions): void {
  const { status, stderr } = strace(flags, options);
  if (status !== 0) throw new Error(`the recorded run failed (${status}): ${stderr.slice(-4_000)}`);
}

function strace(flags: string[], options: RecordOptions) {
  const run = spawnSync('strace', [...flags, process.execPath, ...options.args], {
    timeout: options.timeoutMs,
    killSignal: 'SIGKILL',
    maxBuffer: outputBytesMax,
    encoding: 'utf8',
  });
  const code = (run.error as NodeJS.ErrnoException | undefined)?.code;
  if (code === 'ENOENT') {
    throw new Error('strace is needed for this test and is not installed (apt-get install strace)');
  }
  if (run.error) throw run.error;
  if (/ptrace|Operation not permitted/.test(run.stderr) && run.status !== 0) {
    throw new Error(`strace may not trace here: ${run.stderr.slice(0, 400)}`);
  }
  return run;
}

const linesOf = (text: string): string[] => text.split('\n').filter(Boolean);
