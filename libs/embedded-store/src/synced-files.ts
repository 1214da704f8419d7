import { closeSync, fsyncSync, openSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** Makes a folder's entries durable (a no-op where folders cannot be opened, as on Windows). */
export function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  syncPath(folder);
}

/** Makes the files of a flat folder, and the folder itself, durable. */
export function syncFolderWithFiles(folder: string): void {
  for (const name of readdirSync(folder)) syncPath(join(folder, name));
  syncFolder(folder);
}

/** Makes the folder's own entry in its parent durable. */
export function syncParent(folder: string): void {
  syncFolder(dirname(resolve(folder)));
}

function syncPath(path: string): void {
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
