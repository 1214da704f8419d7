import { type FolderLock, lockFolder, StoreLockedError } from '@daybook/embedded-store';
import { existsSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';

/** The views first: cut short, it leaves a whole log, and views come back from that by themselves. */
const DATA = ['mongodb', 'kurrentdb'];

/** `daybook reset`: empties a local ledger that is not running, after asking. */
export async function resetCommand(folder: string, sure: boolean): Promise<number> {
  const home = resolve(folder);
  const data = DATA.map((name) => join(home, name)).filter(existsSync);
  if (data.length === 0) {
    console.log(`${home} holds no ledger.`);
    return 0;
  }
  const locks: FolderLock[] = [];
  try {
    // What runs holds its folder, whoever started it; and nothing starts while this deletes.
    for (const path of [home, ...data]) locks.push(await lockFolder(path, 'daybook reset'));
    if (!sure && !(await confirmed(home))) {
      console.log('Nothing was changed.');
      return 2;
    }
    for (const path of data) rmSync(path, { recursive: true, force: true });
    console.log(`${home} is empty.`);
    return 0;
  } catch (error) {
    if (!(error instanceof StoreLockedError)) throw error;
    console.error(`The ledger is running: ${error.message}. Stop it first.`);
    return 2;
  } finally {
    for (const lock of locks) await lock.release();
  }
}

async function confirmed(home: string): Promise<boolean> {
  if (!process.stdin.isTTY) {
    console.error('reset asks before it deletes; answer with --yes where nobody can be asked.');
    return false;
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(`Delete every account and event in ${home}? Type "yes": `);
  terminal.close();
  return answer.trim() === 'yes';
}
