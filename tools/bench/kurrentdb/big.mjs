// Memory, opening and reading as the store grows.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startEmbedded } from './servers.mjs';
import { event } from './load.mjs';

const kurrent = createRequire(import.meta.url)('@kurrent/kurrentdb-client');
const perAppend = 5_000;
const streamCount = 5_000;
const reads = 500;

/** Grows one store to each of these sizes and prints a line for each. */
export async function measureBig(sizes, dataDir, library) {
  const folder = join(dataDir, 'big');
  const results = [];
  let stored = 0;
  for (const size of sizes) {
    let server = await startEmbedded(folder, { library });
    await grow(server.url, stored, size);
    const loaded = anonymousBytes(server.pid);
    await server.stop();
    stored = size;
    const begun = performance.now();
    server = await startEmbedded(folder, { library });
    const openMs = performance.now() - begun;
    const opened = anonymousBytes(server.pid);
    const read = await meanRead(server.url);
    await server.stop();
    results.push({ events: size, openMs, readMs: read, opened, loaded });
    console.log(lineOf(results.at(-1)));
  }
  return results;
}

async function grow(url, from, to) {
  const client = kurrent.KurrentDBClient.connectionString(url);
  for (let at = from; at < to; at += perAppend) {
    const records = Array.from({ length: Math.min(perAppend, to - at) }, (_, i) => ({
      streamName: `big-${(at + i) % streamCount}`,
      record: event(kurrent),
    }));
    await client.appendRecords(records);
  }
  await client.dispose();
}

async function meanRead(url) {
  const client = kurrent.KurrentDBClient.connectionString(url);
  const options = { direction: 'backwards', fromRevision: 'end', maxCount: 10 };
  const once = async (n) => {
    for await (const found of client.readStream(`big-${n % streamCount}`, options)) void found;
  };
  await once(0);
  const begun = performance.now();
  for (let n = 0; n < reads; n++) await once(n * 7);
  const mean = (performance.now() - begun) / reads;
  await client.dispose();
  return mean;
}

/** Memory of the process that no file backs: what the log's size must not change. */
function anonymousBytes(pid) {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  return Number(/^Anonymous:\s+(\d+) kB/m.exec(rollup)?.[1]) * 1024;
}

const mb = (bytes) => `${Math.round(bytes / 1024 / 1024)} MB`;

const lineOf = ({ events, openMs, readMs, opened, loaded }) =>
  `${events.toLocaleString('en')} events: open ${Math.round(openMs)} ms (with the process's own start), ` +
  `last 10 of a stream ${readMs.toFixed(2)} ms, anonymous ${mb(loaded)} after loading, ${mb(opened)} after opening`;
