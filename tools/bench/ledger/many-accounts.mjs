// Transfers between accounts picked at random, of a thousand and of a million.
import { costOf, figure, table, whole } from './cost.mjs';
import { startLedger } from './processes.mjs';
import { accountName, transfer } from './workload.mjs';

/** Prints what a transfer costs at each number of accounts; the ledger grows between them. */
export async function manyAccounts(sizes, durationMs) {
  const ledger = await startLedger({ readSide: false });
  try {
    const rows = [];
    let opened = 0;
    for (const size of sizes) {
      const began = performance.now();
      await open(ledger.urls.command, opened, size);
      const rate = ((size - opened) * 1_000) / (performance.now() - began);
      opened = size;
      await touch(ledger.urls.command, size);
      const next = () => {
        const body = JSON.stringify(transfer(undefined, size));
        return { path: '/v1/transfers', body };
      };
      // Not counted: a process that has just started is slow whatever it does.
      if (size === sizes[0]) await costOf(ledger, durationMs, next);
      const { command, store, perSecond, p99 } = await costOf(ledger, durationMs, next);
      rows.push([
        whole(size),
        whole(rate),
        figure(command, 0),
        figure(store, 0),
        whole(perSecond),
        figure(p99),
      ]);
      console.log(`measured at ${whole(size)} accounts`);
    }
    table(['accounts', 'opened/s', 'command µs', 'store µs', 'transfers/s', 'p99 ms'], rows);
  } finally {
    await ledger.stop();
  }
}

/** The accounts from one number to another. */
const open = (url, from, to) =>
  stream(url, to - from, (n) => ({
    ...{ type: 'openAccount', accountId: accountName(from + n) },
    ...{ currency: 'EUR', overdraftLimit: 'unlimited' },
  }));

/** Brings accounts into the service's memory, two with each transfer. */
const touch = (url, count) =>
  stream(url, count / 2, (n) => {
    const [from, to] = [accountName(2 * n), accountName(2 * n + 1)];
    return { type: 'transfer', from, to, amount: '0.01', currency: 'EUR' };
  });

/** Commands as one stream of lines, their results read meanwhile. */
async function stream(url, count, commandOf) {
  async function* lines() {
    for (let at = 0; at < count; at += 100) {
      let text = '';
      for (let n = at; n < Math.min(at + 100, count); n += 1) {
        text += `${JSON.stringify(commandOf(n))}\n`;
      }
      yield new TextEncoder().encode(text);
    }
  }
  const response = await fetch(`${url}/v1/batches`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    body: lines(),
    duplex: 'half',
  });
  let results = 0;
  let rest = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = parts.pop();
    for (const part of parts) {
      if (!part.startsWith('{"status":201')) throw new Error(part);
      results += 1;
    }
  }
  if (results !== count) throw new Error(`${results} results for ${count} commands`);
}
