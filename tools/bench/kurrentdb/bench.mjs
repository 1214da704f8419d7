#!/usr/bin/env node
// Measures the embedded server beside a bare HTTP/2 server that stores nothing and the figures of a
// real KurrentDB, through the official client, in turn in one run.
//   node tools/bench/kurrentdb/bench.mjs [--seconds 3] [--rounds 3] [--only TEXT] [--json FILE]
//     [--kurrentdb-url URL]   measure a real server too, instead of the recorded figures
//     [--big 100000,1000000]  measure memory, opening and reads of large stores instead
//     [--profile FOLDER]      write a CPU profile of the embedded server
//     [--library FOLDER]      measure another build of it than dist/libs/embedded-kurrentdb
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { measureBig } from './big.mjs';
import { printTable } from './report.mjs';
import { rows } from './rows.mjs';
import { startBare, startEmbedded } from './servers.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const { values: args } = parseArgs({
  options: {
    seconds: { type: 'string', default: '3' },
    rounds: { type: 'string', default: '3' },
    only: { type: 'string', default: '' },
    json: { type: 'string' },
    big: { type: 'string' },
    profile: { type: 'string' },
    library: { type: 'string' },
    'kurrentdb-url': { type: 'string' },
  },
});

const dataDir = mkdtempSync(join(tmpdir(), 'bench-kurrentdb-'));
try {
  if (args.big) await measureBig(args.big.split(',').map(Number), dataDir, args.library);
  else await measureRows();
} finally {
  rmSync(dataDir, { recursive: true, force: true });
}

async function measureRows() {
  const bare = await startBare();
  const embedded = await startEmbedded(join(dataDir, 'rows'), {
    profile: args.profile,
    library: args.library,
  });
  const targets = [
    { key: 'embedded', url: embedded.url },
    { key: 'bare', url: bare.url },
    ...(args['kurrentdb-url'] ? [{ key: 'real', url: args['kurrentdb-url'] }] : []),
  ];
  try {
    const results = [];
    for (const [number, row] of rows.entries()) {
      if (row.name.includes(args.only)) results.push(await measureRow(number, row, targets));
    }
    printTable(results, cpus());
    if (args.json) writeFileSync(args.json, `${JSON.stringify(results, undefined, 2)}\n`);
  } finally {
    await Promise.all([bare.stop(), embedded.stop()]);
  }
}

/** The median of some rounds, each server in turn, so that a busy moment of the machine hits all. */
async function measureRow(number, row, targets) {
  const figures = {};
  for (let round = 0; round < Number(args.rounds); round++) {
    for (const { key, url } of targets) {
      if (key === 'bare' && row.notOnBare) continue;
      (figures[key] ??= []).push(await runClient(url, number));
    }
  }
  const medians = Object.fromEntries(
    Object.entries(figures).map(([key, all]) => [key, median(all)]),
  );
  console.error(`${row.name}: ${JSON.stringify(medians)}`);
  return { ...row, run: undefined, load: undefined, figures: medians };
}

function runClient(url, number) {
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      [join(here, 'client.mjs'), url, String(number), args.seconds],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(JSON.parse(output).figure);
      else reject(new Error(`the client failed (${code}) on '${rows[number].name}'`));
    });
  });
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
