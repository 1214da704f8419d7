import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  backupStore,
  EmbeddedStore,
  StoreFormatError,
  StoreLockedError,
  lockFolder,
} from './index';

const format = 'test 1';
const command = 'the test';
let dataDir: string;

beforeEach(() => (dataDir = mkdtempSync(join(tmpdir(), 'embedded-store-'))));
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const openStore = (more = {}) => EmbeddedStore.open({ dataDir, format, command, ...more });
const key = (n: number) => Buffer.from(`k${n}`);

describe('a data folder', () => {
  test('keeps what was committed', async () => {
    const first = await openStore();
    const db = first.openDatabase('things');
    await first.commits.submit(() => db.putSync(key(1), Buffer.from('one')));
    await first.close();

    const again = await openStore();
    expect(again.openDatabase('things').get(key(1))?.toString()).toBe('one');
    await again.close();
  });

  test('is refused to a second opener, which learns who holds it', async () => {
    const first = await openStore();
    const second = await openStore().catch((error: unknown) => error);
    expect(second).toBeInstanceOf(StoreLockedError);
    expect((second as StoreLockedError).holder).toMatchObject({ pid: process.pid, command });
    await first.close();
    await (await openStore()).close();
  });

  test('is given to exactly one of many starters at once', async () => {
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => openStore()));
    const won = results.filter((r) => r.status === 'fulfilled');
    expect(won).toHaveLength(1);
    await won[0]?.value.close();
  });

  test('is free again at once after its holder was killed', async () => {
    const holder = spawn(process.execPath, ['-e', holderScript(dataDir)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => holder.stdout.once('data', resolve));
    await expect(lockFolder(dataDir, command)).rejects.toThrow(`process ${holder.pid}`);
    const gone = new Promise((resolve) => holder.once('exit', resolve));
    holder.kill('SIGKILL');
    await gone;
    await (await lockFolder(dataDir, command)).release();
  });

  test('of another format is refused', async () => {
    await (await openStore()).close();
    await expect(openStore({ format: 'test 2' })).rejects.toBeInstanceOf(StoreFormatError);
  });

  test('of an older format that is read becomes one of the new format', async () => {
    await (await openStore()).close();
    const newer = { format: 'test 2', olderFormats: ['test 1'] };
    await (await openStore({ ...newer, readOnly: true })).close();
    await (await openStore()).close();
    await (await openStore(newer)).close();
    await expect(openStore()).rejects.toBeInstanceOf(StoreFormatError);
  });

  test('left half created by a crash is created again', async () => {
    mkdirSync(join(dataDir, 'store.new-1-2'));
    await (await openStore()).close();
    expect(readdirSync(dataDir)).not.toContain('store.new-1-2');
  });

  test('in which nobody can note who holds it is locked and opened all the same', async () => {
    mkdirSync(join(dataDir, 'holder.json'));
    const store = await openStore();
    await expect(openStore()).rejects.toThrow(`process ${process.pid}`);
    await store.close();
    await (await openStore()).close();
  });

  test('has no half of a copy in it when copying failed', async () => {
    const store = await openStore();
    const full = Object.assign(new Error('No space left on device'), { code: 28 });
    jest.spyOn(store.root, 'backup').mockRejectedValue(full);
    const target = join(dataDir, 'copy');
    await expect(store.backup(target)).rejects.toBe(full);
    expect(readdirSync(target)).toEqual([]);
    await store.close();
  });

  test('that does not exist is not created for reading', async () => {
    await expect(openStore({ readOnly: true })).rejects.toBeInstanceOf(StoreFormatError);
  });

  test('is copied while in use', async () => {
    const store = await openStore();
    const db = store.openDatabase('things');
    await store.commits.submit(() => db.putSync(key(1), Buffer.from('one')));
    const target = join(dataDir, 'copy');
    await store.backup(target);
    await expect(store.backup(target)).rejects.toBeInstanceOf(StoreFormatError);
    const copy = await openStore({ dataDir: target });
    expect(copy.openDatabase('things').get(key(1))?.toString()).toBe('one');
    await copy.close();
    const second = join(dataDir, 'second');
    await backupStore(dataDir, second, { format });
    const other = backupStore(dataDir, join(dataDir, 'third'), { format: 'test 2' });
    await expect(other).rejects.toThrow('test 1');
    await (await openStore({ dataDir: second })).close();
    await store.close();
  });
});

/** Takes the lock by the same socket in a process of its own. */
function holderScript(folder: string): string {
  return `
    const { statSync } = require('node:fs');
    const { dev, ino } = statSync(${JSON.stringify(folder)}, { bigint: true });
    const path = '\\0embedded-store-' + dev.toString(36) + '-' + ino.toString(36);
    const holder = JSON.stringify({ pid: process.pid, command: 'holder', since: 'now' });
    require('node:net').createServer((s) => s.end(holder)).listen({ path }, () => console.log('ok'));
  `;
}
