// The peer: what a user would write instead. A plain double-entry ledger in PostgreSQL with a
// checked, idempotent transfer function behind Fastify and a pool, default durable settings.
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { ACCOUNTS } from './workload.mjs';
import { freePort, start, until } from './processes.mjs';

const schema = `
create table accounts (id text primary key, currency text not null, balance bigint not null,
  overdraft bigint not null default 0);
create table transactions (id text primary key, debit text not null references accounts,
  credit text not null references accounts, amount bigint not null check (amount > 0),
  recorded_at timestamptz not null default now());
create table entries (id bigint generated always as identity primary key,
  account text not null references accounts, transaction text not null references transactions,
  amount bigint not null, balance_after bigint not null);
create index on entries (account, id);

create function transfer(tid text, a text, b text, amt bigint) returns text language plpgsql as $$
declare was transactions; from_after bigint; to_after bigint;
begin
  perform 1 from accounts where id in (a, b) order by id for update;
  select * into was from transactions where id = tid;
  if found then
    if was.debit = a and was.credit = b and was.amount = amt then return 'repeated'; end if;
    return 'key-reused';
  end if;
  update accounts set balance = balance - amt where id = a and balance - amt >= -overdraft
    returning balance into from_after;
  if not found then return 'refused'; end if;
  update accounts set balance = balance + amt where id = b returning balance into to_after;
  if not found then raise exception 'no account %', b; end if;
  insert into transactions (id, debit, credit, amount) values (tid, a, b, amt);
  insert into entries (account, transaction, amount, balance_after)
    values (a, tid, -amt, from_after), (b, tid, amt, to_after);
  return 'posted';
end $$;

create function transfers(list jsonb) returns text[] language plpgsql as $$
declare item jsonb; results text[] := '{}';
begin
  perform 1 from accounts where id in (
    select x->>'from' from jsonb_array_elements(list) x
    union select x->>'to' from jsonb_array_elements(list) x) order by id for update;
  for item in select * from jsonb_array_elements(list) loop
    results := results || transfer(item->>'id', item->>'from', item->>'to',
      (item->>'amount')::bigint);
  end loop;
  return results;
end $$;`;

/** The folder of PostgreSQL's programs as Debian installs them, or undefined. */
export function postgresPrograms() {
  const base = '/usr/lib/postgresql';
  if (!existsSync(base)) return undefined;
  const versions = readdirSync(base).sort((a, b) => Number(b) - Number(a));
  return versions.map((v) => join(base, v, 'bin')).find((bin) => existsSync(join(bin, 'initdb')));
}

/** Starts PostgreSQL on a folder of its own and the peer's HTTP server before it. */
export async function startPeer() {
  const programs = postgresPrograms();
  const folder = mkdtempSync(join(tmpdir(), 'daybook-peer-'));
  const data = join(folder, 'data');
  // PostgreSQL will not run as root: Debian's package brings a user for it.
  const asUser = process.getuid?.() === 0 ? ['runuser', '-u', 'postgres', '--'] : [];
  const command = (name, ...args) => [...asUser, join(programs, name), ...args];
  const runProgram = ([program, ...args]) =>
    execFileSync(program, args, { stdio: 'ignore', cwd: '/' });
  chmodSync(folder, 0o777);
  runProgram(command('initdb', '-D', data, '-U', 'bench', '-A', 'trust'));
  const port = await freePort();
  const [program, ...args] = command('postgres', '-D', data, '-p', String(port), '-k', folder);
  const server = spawn(program, args, { stdio: 'ignore', cwd: '/' });
  const stopped = new Promise((resolve) => server.once('exit', resolve));
  const connectionString = `postgres://bench@127.0.0.1:${port}/postgres`;
  const client = await connected(connectionString);
  await client.query(schema);
  await client.query(
    `insert into accounts select 'bench-' || n, 'EUR', 100000000, 0
     from generate_series(0, ${ACCOUNTS - 1}) n`,
  );
  // Only this table: told that the others are empty, PostgreSQL would plan to read them whole.
  await client.query('vacuum analyze accounts');
  const httpPort = await freePort();
  const http = start('tools/bench/ledger/peer-server.mjs', [], {
    PEER_DATABASE: connectionString,
    PORT: String(httpPort),
  });
  const url = `http://127.0.0.1:${httpPort}`;
  await until(() => fetch(`${url}/health`).then(({ ok }) => ok), 'the peer was not ready');
  return {
    url,
    async stop() {
      const { rows } = await client.query('select sum(balance) = $1 as whole from accounts', [
        String(100_000_000n * BigInt(ACCOUNTS)),
      ]);
      await client.end();
      await http.stop();
      runProgram(command('pg_ctl', '-D', data, '-m', 'fast', 'stop'));
      await stopped;
      rmSync(folder, { recursive: true, force: true });
      if (!rows[0].whole) throw new Error("the peer's money does not add up");
    },
  };
}

async function connected(connectionString) {
  let client;
  await until(async () => {
    client = new pg.Client({ connectionString });
    await client.connect();
    return true;
  }, 'PostgreSQL was not ready');
  return client;
}

export const peerTransfer = ({ transactionId, from, to }) =>
  JSON.stringify({ transactionId, from, to, amount: '1.00', currency: 'EUR' });
