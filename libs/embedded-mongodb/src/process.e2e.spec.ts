import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { connect } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { MongoClient } from 'mongodb';

const root = join(__dirname, '..', '..', '..');
let work: string;
let cli: string;
const children: ChildProcess[] = [];

beforeAll(async () => {
  work = mkdtempSync(join(tmpdir(), 'embedded-mongodb-'));
  cli = join(root, 'dist', '.embedded-mongodb-test', `${process.pid}`, 'cli.js');
  await build({
    entryPoints: [join(__dirname, 'cli.ts')],
    outfile: cli,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['lmdb'],
    alias: { '@daybook/embedded-store': join(root, 'libs', 'embedded-store', 'src', 'index.ts') },
  });
});
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(work, { recursive: true, force: true });
  rmSync(join(cli, '..'), { recursive: true, force: true });
});

interface Started {
  child: ChildProcess;
  url: string;
  exited: Promise<number | null>;
}

/** With `fileBlocksMax` no file grows beyond so many blocks of 512 bytes, as on a full disk. */
function start(dataDir: string, fileBlocksMax = 'unlimited'): Promise<Started> {
  const limited = `ulimit -f ${fileBlocksMax}; exec "$@"`;
  const command = [process.execPath, cli, '--data', dataDir, '--port', '0'];
  const child = spawn('sh', ['-c', limited, 'sh', ...command], { stdio: 'pipe' });
  children.push(child);
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  return new Promise((resolve, reject) => {
    let text = '';
    const listen = (chunk: Buffer): void => {
      text += chunk.toString();
      const url = /listens on (mongodb:\S+\d)/.exec(text)?.[1];
      if (url) resolve({ child, url, exited });
    };
    child.stdout?.on('data', listen);
    child.stderr?.on('data', listen);
    void exited.then((code) => reject(new Error(`exited ${code}: ${text}`)));
  });
}

describe('the process', () => {
  test('kill -9 in the middle of a load loses nothing that was acknowledged', async () => {
    const dataDir = join(work, 'crash');
    const acknowledged = new Set<string>();
    for (let round = 0; round < 3; round++) {
      const { child, url, exited } = await start(dataDir);
      const client = new MongoClient(url, { retryWrites: false, serverSelectionTimeoutMS: 500 });
      const entries = client.db('load').collection<{ _id: string }>('entries');
      await entries.createIndex({ n: 1 }, { unique: true });
      const writer = async (of: number): Promise<void> => {
        for (let n = 0; ; n++) {
          const ids = Array.from({ length: 20 }, (_, at) => `${round}-${of}-${n}-${at}`);
          try {
            await entries.insertMany(ids.map((_id) => ({ _id, n: _id })));
          } catch {
            return;
          }
          for (const id of ids) acknowledged.add(id);
        }
      };
      const writers = Array.from({ length: 8 }, (_, of) => writer(of));
      await new Promise((resolve) => setTimeout(resolve, 700));
      child.kill('SIGKILL');
      await Promise.all([exited, ...writers]);
      await client.close();
    }
    const { child, url, exited } = await start(dataDir);
    const client = new MongoClient(url);
    const entries = client.db('load').collection<{ _id: string }>('entries');
    const stored = await entries.find().toArray();
    const byIndex = await entries.find().hint('n_1').toArray();
    expect(acknowledged.size).toBeGreaterThan(100);
    const found = new Set(stored.map((doc) => doc._id));
    expect([...acknowledged].filter((id) => !found.has(id))).toEqual([]);
    // A command's documents are there together or not at all, and so are their index entries.
    expect(stored.length % 20).toBe(0);
    expect(byIndex).toHaveLength(stored.length);
    expect(await entries.estimatedDocumentCount()).toBe(stored.length);
    await client.close();
    child.kill('SIGTERM');
    expect(await exited).toBe(0);
  }, 60_000);

  test('ends with the reason when a commit fails, and the next start has what it told', async () => {
    const dataDir = join(work, 'full');
    const { child, url, exited } = await start(dataDir, '4000');
    let said = '';
    child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const client = new MongoClient(url, { retryWrites: false, serverSelectionTimeoutMS: 500 });
    const entries = client.db('load').collection<{ _id: number; bytes: Buffer }>('entries');
    let acknowledged = 0;
    const fill = async () => {
      for (; acknowledged < 1_000; acknowledged++) {
        await entries.insertOne({ _id: acknowledged, bytes: Buffer.alloc(50_000) });
      }
    };
    await expect(fill()).rejects.toThrow();
    expect(await exited).toBe(1);
    expect(said).toMatch(/^embedded-mongodb: the store stopped after a failed commit: \w/m);
    await client.close();

    const next = await start(dataDir);
    const again = new MongoClient(next.url);
    const kept = await again.db('load').collection('entries').countDocuments();
    expect([acknowledged, acknowledged + 1]).toContain(kept);
    await again.close();
    next.child.kill('SIGTERM');
    expect(await next.exited).toBe(0);
  }, 60_000);

  test('told to end as soon as it says that it listens, it exits 0', async () => {
    for (let n = 0; n < 5; n++) {
      const { child, exited } = await start(join(work, 'eager'));
      child.kill('SIGTERM');
      expect(await exited).toBe(0);
    }
  }, 30_000);

  test('a second start on the folder exits 1 and names the holder', async () => {
    const dataDir = join(work, 'twice');
    const { child, exited } = await start(dataDir);
    const second = start(dataDir);
    await expect(second).rejects.toThrow(new RegExp(`exited 1:.*in use by process ${child.pid}`));
    child.kill('SIGTERM');
    expect(await exited).toBe(0);
  });

  test('wrong usage exits 2, an address that cannot be used 1, each with what to do', () => {
    const run = (...args: string[]) => {
      const { status, stderr } = spawnSync(process.execPath, [cli, ...args], { encoding: 'utf8' });
      return `${status} ${stderr}`;
    };
    expect(run()).toMatch(/^2 embedded-mongodb: --data is missing\nusage: /);
    expect(run('--data', work, '--port', '65536')).toMatch(/^2 .*--port 65536 is no port\n/);
    expect(run('--data', work, '--bogus')).toMatch(/^2 .*--bogus/);
    expect(run('--data', __filename)).toMatch(/^1 .*--data .+ cannot be used: EEXIST/);
    expect(run('--data', join(work, 'a'), '--port', '0', '--host', '192.0.2.1')).toMatch(
      /^1 .*EADDRNOTAVAIL.*Give --host and --port/,
    );
  }, 30_000);

  test('hostile lengths close the connection and nothing else', async () => {
    const { child, url, exited } = await start(join(work, 'hostile'));
    const port = Number(url.split(':').at(-1));
    for (const length of [-1, 0, 15, 48_000_001, 0x7fff_ffff]) {
      const head = Buffer.alloc(16);
      head.writeInt32LE(length, 0);
      head.writeInt32LE(2013, 12);
      await new Promise<void>((resolve) => {
        const socket = connect(port, '127.0.0.1', () => socket.write(head));
        socket.on('error', () => undefined);
        socket.on('close', () => resolve());
      });
    }
    const client = new MongoClient(url);
    expect(await client.db('admin').command({ ping: 1 })).toMatchObject({ ok: 1 });
    await client.close();
    child.kill('SIGTERM');
    expect(await exited).toBe(0);
  });
});
