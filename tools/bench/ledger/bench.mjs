// npm run bench -- ledger: the ledger over HTTP beside a plain PostgreSQL ledger, in turn in one run.
import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load, open } from './http-load.mjs';
import { peerTransfer, postgresPrograms, startPeer } from './peer.mjs';
import { post, root, startLedger, until } from './processes.mjs';
import { ACCOUNTS, accountName, fund, transfer } from './workload.mjs';

const CONNECTIONS = 64;
/** Until V8 has compiled what is hot; PostgreSQL needs none of it. */
const WARM_UP_MS = 10_000;
const MEASURED_MS = Number(process.env.BENCH_MS ?? 10_000);
const BATCH = 1_000;
const IMPORT_ROWS = 15_000;
const IMPORT_ACCOUNTS = 900;
const rows = [];
const peer = postgresPrograms() ? {} : undefined;
if (!peer) console.log('PostgreSQL is not installed (Debian: postgresql): its rows are left out.');

const transfers = (url, to) => measured(url, () => single(transfer(to)));
const single = (body) => ({ path: '/v1/transfers', body: JSON.stringify(body) });

if (peer) {
  const server = await startPeer();
  const body = (to) => ({ path: '/v1/transfers', body: peerTransfer(transfer(to)) });
  peer.single = await measured(server.url, () => body());
  report('peer: single transfers, uniform', peer.single);
  peer.hot = await measured(server.url, () => body(0));
  report('peer: single transfers, one hot account', peer.hot);
  peer.batches = await batches(server.url, (commands) => commands.map(({ type, ...rest }) => rest));
  report('peer: batches of 1,000 (commands/s)', peer.batches);
  await server.stop();
}

{
  const ledger = await startLedger({ readSide: false });
  await fund(ledger.urls.command);
  const alone = await transfers(ledger.urls.command);
  report('ledger: single transfers, without projector', alone, peer?.single, 2.5);
  const hot = await transfers(ledger.urls.command, 0);
  report('ledger: one hot account (beside uniform)', hot, alone, 0.8);
  const packed = await batches(ledger.urls.command, (commands) => commands);
  report('ledger: batches of 1,000 (commands/s)', packed, peer?.batches, 3);
  await ledger.stop();
}

{
  const ledger = await startLedger({ readSide: true });
  await fund(ledger.urls.command);
  await caughtUp(ledger);
  const lag = watchLag(ledger);
  const beside = await transfers(ledger.urls.command);
  report('ledger: single transfers, projector running', beside, peer?.single, 1.5);
  const { p50, p99 } = await lag.end();
  line(`projection lag under that load: p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms`);
  const from = performance.now();
  await caughtUp(ledger);
  line(`caught up ${((performance.now() - from) / 1000).toFixed(1)} s after the load ended`);
  await queries(ledger);
  await importRows(ledger);
  await ledger.stop();
}

console.log('');

async function measured(url, next) {
  await load({ url, connections: CONNECTIONS, durationMs: WARM_UP_MS, next });
  return load({ url, connections: CONNECTIONS, durationMs: MEASURED_MS, next });
}

async function batches(url, shape) {
  const next = () => {
    const commands = Array.from({ length: BATCH }, () => ({ type: 'transfer', ...transfer() }));
    return { path: '/v1/batches', body: JSON.stringify({ commands: shape(commands) }) };
  };
  await load({ url, connections: 2, durationMs: WARM_UP_MS, next });
  const result = await load({ url, connections: 2, durationMs: MEASURED_MS, next });
  return { ...result, perSecond: result.perSecond * BATCH };
}

/** Samples the time from a command's answer until its position is projected. */
function watchLag(ledger) {
  const samples = [];
  let watching = true;
  const done = (async () => {
    while (watching) {
      const { position } = await post(`${ledger.urls.command}/v1/transfers`, transfer());
      const from = performance.now();
      await until(() => reached(ledger, position), 'the projector did not catch up', 60_000);
      samples.push(performance.now() - from);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
  return {
    async end() {
      watching = false;
      await done;
      samples.sort((a, b) => a - b);
      const at = (p) => samples[Math.floor((samples.length - 1) * p)];
      return { p50: at(0.5), p99: at(0.99) };
    },
  };
}

async function reached(ledger, position) {
  const response = await fetch(`${ledger.urls.projector}/position`);
  return BigInt((await response.json()).position) >= BigInt(position);
}

async function caughtUp(ledger) {
  const { position } = await post(`${ledger.urls.command}/v1/transfers`, transfer());
  await until(() => reached(ledger, position), 'the projector did not catch up', 600_000);
}

async function queries(ledger) {
  const ask = (more) => () => {
    const id = accountName(Math.floor(Math.random() * ACCOUNTS));
    const query = `query($id: ID!, $asOf: DateTime) { account(id: $id, asOf: $asOf) { balance { amount } } }`;
    return { path: '/graphql', body: JSON.stringify({ query, variables: { id, ...more } }) };
  };
  report('GraphQL account balance', await measured(ledger.urls.query, ask({})));
  const asOf = new Date().toISOString();
  report('GraphQL account balance asOf', await measured(ledger.urls.query, ask({ asOf })));
}

/** A bank's file by batches, as `import` sends it, beside the same rows as requests of their own. */
async function importRows(ledger) {
  const rows = bankRows('bt', 'ba');
  const file = join(tmpdir(), `daybook-bench-${process.pid}.csv`);
  const head = 'trans_id,account_id,value_date,side,amount,currency,balance_after';
  const lines = rows.map(({ id, account, day, balance }) =>
    [id, account, day, 'credit', '1.00', 'CZK', `${balance}.00`].join(','),
  );
  writeFileSync(file, `${[head, ...lines].join('\n')}\n`);
  const output = execFileSync(
    process.execPath,
    ['dist/apps/cli/main.js', 'import', file, '--url', ledger.urls.command],
    { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
  );
  rmSync(file);
  const batched = Number(/rows\/s\s+(\S+)/.exec(output)?.[1].replaceAll(',', ''));
  const single = await singleRows(ledger.urls.command, bankRows('st', 'sa'));
  line(
    `import, ${rows.length} rows, ${IMPORT_ACCOUNTS} accounts: by batches ${Math.round(batched)} rows/s`,
  );
  line(`the same rows as single requests, 64 at once: ${Math.round(single)} rows/s`);
  line(`batches beside single requests: ${(batched / single).toFixed(2)} ×`);
}

function bankRows(idPrefix, accountPrefix) {
  const balances = new Map();
  return Array.from({ length: IMPORT_ROWS }, (_, i) => {
    const account = `${accountPrefix}-${(i * 7919) % IMPORT_ACCOUNTS}`;
    const balance = (balances.get(account) ?? 0) + 1;
    balances.set(account, balance);
    const day = new Date(Date.UTC(1993, 0, 1 + Math.floor(i / 60))).toISOString().slice(0, 10);
    return { id: `${idPrefix}-${i}`, account, day, balance };
  });
}

/** Opens the accounts, then each connection sends the rows of its accounts in their order. */
async function singleRows(url, rows) {
  const byAccount = new Map();
  for (const row of rows) {
    byAccount.set(row.account, [...(byAccount.get(row.account) ?? []), row]);
  }
  const waiting = [...byAccount];
  const from = performance.now();
  const { hostname, port } = new URL(url);
  const lane = async () => {
    const connection = await open(hostname, Number(port));
    const send = async (path, body) => {
      const { status } = await connection.request('POST', path, JSON.stringify(body));
      if (status !== 201) throw new Error(`${path} was answered with ${status}`);
    };
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      const [accountId, own] = next;
      await send('/v1/accounts', { accountId, currency: 'CZK', overdraftLimit: 'unlimited' });
      for (const { id, day } of own) {
        await send(`/v1/accounts/${accountId}/deposits`, {
          ...{ transactionId: id, amount: '1.00', currency: 'CZK', source: '@bank' },
          effectiveAt: `${day}T00:00:00.000Z`,
        });
      }
    }
    connection.close();
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, lane));
  return rows.length / ((performance.now() - from) / 1000);
}

function report(name, { perSecond, p50, p99, statuses }, beside, target) {
  const ratio = beside ? perSecond / beside.perSecond : undefined;
  const verdict = ratio ? `  ${ratio.toFixed(2)} × (target ${target})` : '';
  rows.push({ name, perSecond, p50, p99, ratio, target });
  const odd = Object.keys(statuses).filter((s) => s !== '201' && s !== '200');
  line(
    `${name.padEnd(46)} ${Math.round(perSecond).toLocaleString('en-US').padStart(9)}/s  ` +
      `p50 ${p50.toFixed(1)} ms  p99 ${p99.toFixed(1)} ms${verdict}` +
      (odd.length > 0 ? `  statuses ${JSON.stringify(statuses)}` : ''),
  );
}

function line(text) {
  console.log(text);
}
