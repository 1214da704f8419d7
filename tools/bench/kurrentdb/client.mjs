// Runs one row against one server, in a process of its own, and prints the figure as JSON.
//   node client.mjs <url> <row number> <seconds>
import { createRequire } from 'node:module';
import { rows } from './rows.mjs';

const kurrent = createRequire(import.meta.url)('@kurrent/kurrentdb-client');
const [url, rowNumber, secondsText] = process.argv.slice(2);
const row = rows[Number(rowNumber)];
const ms = Number(secondsText) * 1_000;
const client = kurrent.KurrentDBClient.connectionString(url);
const context = { client, kurrent };

await row.load?.(context);
const figure = await { many, once, latencies }[row.kind]();
process.stdout.write(`${JSON.stringify({ figure })}\n`, () => process.exit(0));

/** Keeps a number of calls in flight for a while, after a warm-up, and counts what was answered. */
async function many() {
  await keepBusy(ms / 4, () => {});
  const times = [];
  let answered = 0;
  const begun = performance.now();
  await keepBusy(ms, (tookMs) => {
    answered++;
    if (row.figure) times.push(tookMs);
  });
  const seconds = (performance.now() - begun) / 1_000;
  return row.figure ? summary(times) : (answered * (row.each ?? 1)) / seconds;
}

async function keepBusy(forMs, answered) {
  const until = performance.now() + forMs;
  const lane = async () => {
    while (performance.now() < until) {
      const begun = performance.now();
      await row.run(context);
      answered(performance.now() - begun);
    }
  };
  await Promise.all(Array.from({ length: row.inFlight }, lane));
}

async function once() {
  await row.run(context);
  const begun = performance.now();
  const count = await row.run(context);
  return (count * 1_000) / (performance.now() - begun);
}

async function latencies() {
  return summary(await row.run(context));
}

function summary(times) {
  const sorted = [...times].sort((a, b) => a - b);
  if (row.figure === 'mean') return sorted.reduce((sum, time) => sum + time, 0) / sorted.length;
  const share = { p50: 0.5, p99: 0.99 }[row.figure];
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}
