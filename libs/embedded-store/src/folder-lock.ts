import { openSync, closeSync, readFileSync, statSync, writeFileSync, constants } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import type { LockHolder } from './errors';
import { StoreLockedError } from './errors';
import { makeFolder } from './make-folder';

/** An exclusive hold on a data folder; the kernel ends it with the process, however that dies. */
export interface FolderLock {
  release(): Promise<void>;
}

const holderFile = 'holder.json';
const answerTimeoutMs = 1_000;
const holderBytesMax = 4_096;

/**
 * Takes the folder for this process or throws StoreLockedError naming the holder. The lock is a
 * kernel object (abstract socket, named pipe or O_EXLOCK), never a file that can be left behind,
 * so kill -9 frees it and two starters cannot both believe that they removed a stale one.
 */
export async function lockFolder(folder: string, command: string): Promise<FolderLock> {
  makeFolder(folder);
  const holder: LockHolder = { pid: process.pid, command, since: new Date().toISOString() };
  const lock =
    process.platform === 'linux' || process.platform === 'win32'
      ? await listenLock(folder, holder)
      : openLock(folder);
  noteHolder(folder, holder);
  return lock;
}

/** Only a help for who is refused: where nothing can be written the lock holds all the same. */
function noteHolder(folder: string, holder: LockHolder): void {
  try {
    writeFileSync(join(folder, holderFile), JSON.stringify(holder) + '\n');
  } catch {
    // A full disk or a folder to be read only.
  }
}

/** A name that only one listener can own, the same for every path that leads to the folder. */
function lockName(folder: string): string {
  const { dev, ino } = statSync(folder, { bigint: true });
  const key = `embedded-store-${dev.toString(36)}-${ino.toString(36)}`;
  return process.platform === 'win32' ? `\\\\.\\pipe\\${key}` : `\0${key}`;
}

async function listenLock(folder: string, holder: LockHolder): Promise<FolderLock> {
  const path = lockName(folder);
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.end(JSON.stringify(holder));
  });
  server.maxConnections = 16;
  try {
    await listening(server, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new StoreLockedError(folder, (await askHolder(path)) ?? readHolder(folder));
  }
  server.unref();
  return { release: () => new Promise((resolve) => server.close(() => resolve())) };
}

function listening(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ path, exclusive: true }, () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
}

/**
 * The holder answers on the lock's own socket, so the name given is never that of an earlier one.
 */
function askHolder(path: string): Promise<LockHolder | undefined> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect({ path });
    socket.setTimeout(answerTimeoutMs, () => socket.destroy());
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      text += chunk;
      if (text.length > holderBytesMax) socket.destroy();
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => resolve(parseHolder(text)));
  });
}

/** BSD and macOS can open a file with an flock that ends with the process. */
function openLock(folder: string): FolderLock {
  const exclusive = 0x20;
  const { O_RDWR, O_CREAT, O_NONBLOCK } = constants;
  try {
    const fd = openSync(join(folder, 'lock'), O_RDWR | O_CREAT | O_NONBLOCK | exclusive, 0o644);
    return { release: async () => closeSync(fd) };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'EAGAIN' && code !== 'EWOULDBLOCK') throw error;
    throw new StoreLockedError(folder, readHolder(folder));
  }
}

function readHolder(folder: string): LockHolder | undefined {
  try {
    return parseHolder(readFileSync(join(folder, holderFile), 'utf8').slice(0, holderBytesMax));
  } catch {
    return undefined;
  }
}

function parseHolder(text: string): LockHolder | undefined {
  try {
    const { pid, command, since } = JSON.parse(text) as LockHolder;
    return { pid: Number(pid), command: String(command), since: String(since) };
  } catch {
    return undefined;
  }
}
