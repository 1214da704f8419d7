// What commands cost: CPU of the ledger's processes, and the latency of one at a time.
import { readFileSync } from 'node:fs';
import { load } from './http-load.mjs';

const TICK_US = 10_000;
const CONNECTIONS = 64;

/** CPU so far, in microseconds (Linux; NaN elsewhere, and for a process that is not ours). */
function cpuUs(pid) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1].split(' ');
    return (Number(fields[11]) + Number(fields[12])) * TICK_US;
  } catch {
    return NaN;
  }
}

/** Sends commands for a while and gives the CPU µs that one takes, per process, and the rate. */
export async function costOf(ledger, durationMs, next) {
  const url = ledger.urls.command;
  await load({ url, connections: CONNECTIONS, durationMs: durationMs / 4, next });
  const pids = [ledger.pid('command'), ledger.pid('kurrentdb')];
  const before = pids.map(cpuUs);
  const { count, perSecond, p99, statuses } = await load({
    ...{ url, connections: CONNECTIONS, durationMs, next },
  });
  const [command, store] = pids.map((pid, index) => (cpuUs(pid) - before[index]) / count);
  const bad = Object.keys(statuses).filter((status) => status !== '201');
  if (bad.length > 0) throw new Error(`statuses ${JSON.stringify(statuses)}`);
  return { command, store, perSecond, p99 };
}

/** The middle one of some numbers. */
export const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];

/** A table for the terminal: columns as wide as their widest cell. */
export function table(head, rows) {
  const lines = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, at) => Math.max(...lines.map((row) => row[at].length)));
  for (const row of lines) {
    console.log(row.map((cell, at) => cell.padStart(widths[at])).join('   '));
  }
}

/** A count with separators, a figure with so many digits. */
export const whole = (n) => Math.round(n).toLocaleString('en-US');
export const figure = (n, digits = 1) => (Number.isNaN(n) ? '-' : n.toFixed(digits));
