// An account with a thousand events beside one with a million: the first command after a restart,
// and commands on the account once it is in memory.
import { createRequire } from 'node:module';
import { randomUUID } from 'node:crypto';
import { costOf, figure, median, table, whole } from './cost.mjs';
import { post, startLedger, until } from './processes.mjs';

const kurrent = createRequire(import.meta.url)('@kurrent/kurrentdb-client');

const PER_APPEND = 1_000;
const RESTARTS = 8;
/** Events after the newest snapshot, for all alike: nearly as many as there can be. */
const TAIL = 450;
const SNAPSHOTS_MS = 60_000;

const accountOf = (size) => `long-${size}`;
const depositPath = (id) => `/v1/accounts/${id}/deposits`;
const depositBody = { amount: '1.00', currency: 'EUR' };

/** Prints what a command on an account of each size costs. */
export async function longAccounts(sizes, durationMs) {
  const ledger = await startLedger({ readSide: false });
  const client = kurrent.KurrentDBClient.connectionString(ledger.env.KURRENTDB_URL);
  try {
    const unaided = new Map();
    for (const size of sizes) {
      const began = performance.now();
      await build(ledger, client, size);
      const seconds = (performance.now() - began) / 1_000;
      console.log(`built an account of ${whole(size)} events in ${figure(seconds)} s`);
    }
    await restart(ledger);
    for (const size of sizes) unaided.set(size, await first(ledger, size));
    for (const size of sizes) await lengthen(client, size, TAIL);
    const cold = new Map(sizes.map((size) => [size, []]));
    for (let round = 0; round < RESTARTS; round += 1) {
      await restart(ledger);
      // Each size goes first in turn: whoever does pays for what is done for the first time.
      const order = [...sizes.slice(round % sizes.length), ...sizes.slice(0, round % sizes.length)];
      for (const size of order) cold.get(size).push(await first(ledger, size));
    }
    const rows = [];
    const body = JSON.stringify(depositBody);
    const deposits = (size) => () => ({ path: depositPath(accountOf(size)), body });
    // Not counted: a process that has just started is slow whatever it does.
    await costOf(ledger, durationMs, deposits(sizes[0]));
    for (const size of sizes) {
      const { command, store, perSecond } = await costOf(ledger, durationMs, deposits(size));
      rows.push([
        whole(size),
        figure(unaided.get(size), 0),
        figure(median(cold.get(size))),
        figure(command, 0),
        figure(store, 0),
        whole(perSecond),
      ]);
    }
    const columns = ['events', 'no snapshot, ms', 'first command, ms', 'command µs', 'store µs'];
    table([...columns, 'commands/s'], rows);
  } finally {
    await client.dispose();
    await ledger.stop();
  }
}

/** Opens it through the service; the rest are events as deposits leave them, straight to the store. */
async function build({ urls }, client, size) {
  await post(`${urls.command}/v1/accounts`, { accountId: accountOf(size), currency: 'EUR' });
  await lengthen(client, size, size - 1);
}

const lengths = new Map();

async function lengthen(client, size, count) {
  const stream = `account-${accountOf(size)}`;
  const last = (lengths.get(size) ?? 0) + count;
  for (let at = lengths.get(size) ?? 0; at < last; at += PER_APPEND) {
    const events = [];
    for (let n = at + 1; n <= Math.min(at + PER_APPEND, last); n += 1) {
      events.push(credited(accountOf(size), n));
    }
    await client.appendToStream(stream, events, { streamState: BigInt(at) });
  }
  lengths.set(size, last);
}

const credited = (accountId, n) =>
  kurrent.jsonEvent({
    type: 'AccountCredited',
    data: {
      accountId,
      transactionId: `_${randomUUID()}`,
      posting: 0,
      kind: 'deposit',
      counterparty: '@cash',
      amount: '100',
      currency: 'EUR',
      balanceAfter: String(n * 100),
      heldAfter: '0',
      at: new Date().toISOString(),
    },
    metadata: { $correlationId: 'bench', actor: 'public', schema: '1', last: 'true' },
  });

/** A command service with nothing in memory, but warm otherwise. */
async function restart(ledger) {
  await ledger.restartCommand();
  const accountId = `warm-${randomUUID()}`;
  await post(`${ledger.urls.command}/v1/accounts`, { accountId, currency: 'EUR' });
  for (let n = 0; n < 300; n += 1) {
    await post(ledger.urls.command + depositPath(accountId), depositBody);
  }
}

/** The first deposit into an account that is not in memory, in milliseconds. */
async function first(ledger, size) {
  const before = await snapshotsWritten(ledger);
  const began = performance.now();
  const answer = await post(ledger.urls.command + depositPath(accountOf(size)), depositBody);
  const tookMs = performance.now() - began;
  lengths.set(size, lengths.get(size) + 1);
  const { posted } = answer.balances[0];
  if (posted !== `${lengths.get(size)}.00`) throw new Error(`${posted} after ${lengths.get(size)}`);
  // The first time of all, the service leaves a snapshot behind: in the background.
  const isNew = async () => (await snapshotsWritten(ledger)) > before;
  if (tails.get(size) !== true) await until(isNew, 'no snapshot was written', SNAPSHOTS_MS);
  tails.set(size, true);
  return tookMs;
}

const tails = new Map();

async function snapshotsWritten({ urls }) {
  const text = await fetch(`${urls.command}/metrics`).then((response) => response.text());
  return Number(/daybook_snapshots_written_total\{[^}]*\} (\d+)/.exec(text)?.[1] ?? NaN);
}
