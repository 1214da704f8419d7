import { lockFolder } from '@daybook/embedded-store';
import fs, { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resetCommand } from './reset-command';

const folder = mkdtempSync(join(tmpdir(), 'daybook-reset-'));
beforeEach(() => {
  for (const name of ['kurrentdb', 'mongodb']) mkdirSync(join(folder, name), { recursive: true });
  jest.spyOn(console, 'log').mockImplementation(() => {});
});
afterEach(() => jest.restoreAllMocks());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('leaves no views without their log when it is cut short', async () => {
  const removed: string[] = [];
  jest.spyOn(fs, 'rmSync').mockImplementation((path) => {
    removed.push(String(path));
    throw new Error('cut short');
  });
  await expect(resetCommand(folder, true)).rejects.toThrow('cut short');
  expect(removed).toEqual([join(folder, 'mongodb')]);
});

it.each(['', 'kurrentdb', 'mongodb'])('deletes nothing while "%s" is in use', async (name) => {
  const lines: string[] = [];
  jest.spyOn(console, 'error').mockImplementation((line: string) => void lines.push(line));
  const lock = await lockFolder(join(folder, name), 'a store');
  expect(await resetCommand(folder, true)).toBe(2);
  await lock.release();
  expect(lines).toEqual([expect.stringContaining(`in use by process ${process.pid} (a store)`)]);
  expect(existsSync(join(folder, 'kurrentdb')) && existsSync(join(folder, 'mongodb'))).toBe(true);
});

it('does not take a pid that was left behind, and is another process now, for the ledger', async () => {
  mkdirSync(join(folder, 'run'), { recursive: true });
  writeFileSync(join(folder, 'run', 'command.pid'), `${process.pid}\n`);
  expect(await resetCommand(folder, true)).toBe(0);
});

it('empties the folder', async () => {
  expect(await resetCommand(folder, true)).toBe(0);
  expect(existsSync(join(folder, 'kurrentdb')) || existsSync(join(folder, 'mongodb'))).toBe(false);
});
