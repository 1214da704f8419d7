import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
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
  const running = runningParts(join(home, 'run'));
  if (running.length > 0) {
    console.error(`The ledger in ${home} is running (${running.join(', ')}). Stop it first.`);
    return 2;
  }
  if (!sure && !(await confirmed(home))) {
    console.log('Nothing was changed.');
    return 2;
  }
  for (const path of data) rmSync(path, { recursive: true, force: true });
  console.log(`${home} is empty.`);
  return 0;
}

function runningParts(runFolder: string): string[] {
  if (!existsSync(runFolder)) return [];
  return readdirSync(runFolder).filter((file) => {
    const pid = Number(readFileSync(join(runFolder, file), 'utf8'));
    return file.endsWith('.pid') && isAlive(pid);
  });
}

/** A ledger that was killed leaves its pid files behind. */
function isAlive(pid: number): boolean {
  try {
    return Number.isInteger(pid) && pid > 0 && process.kill(pid, 0);
  } catch {
    return false;
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
