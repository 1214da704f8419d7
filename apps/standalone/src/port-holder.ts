import { readFile, readdir, readlink } from 'node:fs/promises';
import { createServer } from 'node:net';

/** Why this process cannot listen on the address; undefined when it can. */
export function listenError(
  host: string,
  port: number,
): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', resolve);
    probe.listen(port, host, () => probe.close(() => resolve(undefined)));
  });
}

/** Who listens on a port, as far as the system tells us (Linux: pid and command line). */
export async function holderOf(port: number): Promise<string> {
  const inode = await listeningInode(port);
  const pid = inode && (await processWithSocket(inode));
  if (!pid) return 'another process';
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return `process ${pid} (${command.replaceAll('\0', ' ').trim()})`;
}

async function listeningInode(port: number): Promise<string | undefined> {
  const LISTEN = '0A';
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    const text = await readFile(table, 'utf8').catch(() => '');
    for (const line of text.split('\n').slice(1)) {
      const columns = line.trim().split(/\s+/);
      if (columns[1]?.endsWith(`:${hex}`) && columns[3] === LISTEN) return columns[9];
    }
  }
  return undefined;
}

async function processWithSocket(inode: string): Promise<string | undefined> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  for (const pid of pids) {
    const files = await readdir(`/proc/${pid}/fd`).catch(() => []);
    for (const file of files) {
      const target = await readlink(`/proc/${pid}/fd/${file}`).catch(() => '');
      if (target === `socket:[${inode}]`) return pid;
    }
  }
  return undefined;
}
