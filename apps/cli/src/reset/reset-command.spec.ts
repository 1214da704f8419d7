import fs, { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
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

it('empties the folder', async () => {
  expect(await resetCommand(folder, true)).toBe(0);
  expect(existsSync(join(folder, 'kurrentdb')) || existsSync(join(folder, 'mongodb'))).toBe(false);
});
