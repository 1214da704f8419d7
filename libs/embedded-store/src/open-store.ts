import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { open, type Database, type RootDatabase } from 'lmdb';
import { StoreFormatError } from './errors';
import type { FolderLock } from './folder-lock';
import { lockFolder } from './folder-lock';
import type { GroupCommitLimits, GroupObserver } from './group-commit';
import { GroupCommit } from './group-commit';
import { makeFolder } from './make-folder';
import { syncFolder, syncFolderWithFiles, syncParent } from './synced-files';

/** A database of binary keys (compared as bytes) and binary values. */
export type BinaryDatabase = Database<Buffer, Buffer>;

export interface OpenStoreOptions {
  readonly dataDir: string;
  /** Name and version of the layout; a folder written under another one is refused. */
  readonly format: string;
  /** Formats that this version reads as well; a store that may be written becomes one of `format`. */
  readonly olderFormats?: readonly string[];
  /** What the lock names as its holder. */
  readonly command: string;
  readonly databasesMax?: number;
  /** States of the store that are read at the same time, at most. */
  readonly readersMax?: number;
  readonly observer?: GroupObserver;
  readonly limits?: GroupCommitLimits;
  /** For offline checks: takes the lock, creates nothing, refuses every write. */
  readonly readOnly?: boolean;
}

const storeName = 'store';
const newPrefix = 'store.new-';
/** More than LMDB writes at first. */
const probeBytes = 64 * 1024;
const formatKey = Buffer.from('format');

/** An open data folder: the lock, the LMDB environment and the durable group commit upon it. */
export class EmbeddedStore {
  private constructor(
    readonly dataDir: string,
    readonly root: RootDatabase<Buffer, Buffer>,
    readonly commits: GroupCommit,
    private readonly lock: FolderLock,
    private readonly readOnly: boolean,
  ) {}

  /**
   * Opens or creates the store. Throws StoreLockedError when another process holds the folder and
   * StoreFormatError when it holds something else. A store is created whole or not at all: it is
   * made in a temporary folder, synced and renamed into place.
   */
  static async open(options: OpenStoreOptions): Promise<EmbeddedStore> {
    const dataDir = resolve(options.dataDir);
    if (options.readOnly) assertStoreIn(dataDir);
    const lock = await lockFolder(dataDir, options.command);
    try {
      if (!options.readOnly) removeUnfinished(dataDir);
      if (!existsSync(join(dataDir, storeName))) await createStore(dataDir, options);
      const root = openEnvironment(join(dataDir, storeName), options);
      try {
        checkFormat(root, options);
      } catch (error) {
        await root.close();
        throw error;
      }
      const commits = new GroupCommit(root, options.observer, options.limits);
      return new EmbeddedStore(dataDir, root, commits, lock, options.readOnly ?? false);
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  /**
   * Opens a named database of binary keys and values, creating it unless the store is read-only.
   */
  openDatabase(name: string): BinaryDatabase {
    const database = this.root.openDB<Buffer, Buffer>(name, {
      encoding: 'binary',
      keyEncoding: 'binary',
    });
    if (!database) throw new StoreFormatError(`the store has no database '${name}'`);
    return database;
  }

  /** Writes a consistent copy of the store into a new folder while it is in use. */
  async backup(target: string): Promise<void> {
    await copyInto(this.root, target);
  }

  /** Waits for accepted writes, closes the environment and frees the folder. */
  async close(): Promise<void> {
    await this.commits.close();
    try {
      if (!this.readOnly && !this.commits.poisoned) await this.root.flushed;
      await this.root.close();
    } finally {
      await this.lock.release();
    }
  }
}

/** Throws StoreFormatError where no store is: a mistyped folder must not become one. */
export function assertStoreIn(dataDir: string): void {
  if (existsSync(join(resolve(dataDir), storeName))) return;
  throw new StoreFormatError(`there is no store in ${resolve(dataDir)}`);
}

/**
 * Copies a store into a new folder, also while another process serves it: the copy is one
 * committed state. What was freed in the store takes no room in the copy.
 */
export async function backupStore(
  dataDir: string,
  target: string,
  formats: Pick<OpenStoreOptions, 'format' | 'olderFormats'>,
): Promise<void> {
  assertStoreIn(dataDir);
  const path = join(resolve(dataDir), storeName);
  const options = { dataDir, ...formats, command: 'backup', readOnly: true };
  const root = openEnvironment(path, options);
  try {
    checkFormat(root, options);
    await copyInto(root, target);
  } finally {
    await root.close();
  }
}

async function copyInto(root: RootDatabase<Buffer, Buffer>, target: string): Promise<void> {
  const folder = resolve(target);
  makeFolder(folder);
  if (existsSync(join(folder, storeName))) {
    throw new StoreFormatError(`${folder} already holds a store`);
  }
  const unfinished = join(folder, `${newPrefix}${process.pid}-${Date.now()}`);
  mkdirSync(unfinished);
  try {
    await root.backup(unfinished, true);
    syncFolderWithFiles(unfinished);
  } catch (error) {
    // Where the disk is full the half of a copy would keep it so.
    rmSync(unfinished, { recursive: true, force: true });
    throw error;
  }
  renameSync(unfinished, join(folder, storeName));
  syncFolder(folder);
  syncParent(folder);
}

function openEnvironment(path: string, options: OpenStoreOptions): RootDatabase<Buffer, Buffer> {
  try {
    return openLmdb(path, options);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`the store in ${path} cannot be opened: ${reason}`, { cause: error });
  }
}

function openLmdb(path: string, options: OpenStoreOptions): RootDatabase<Buffer, Buffer> {
  return open<Buffer, Buffer>({
    path,
    noSubdir: false,
    encoding: 'binary',
    keyEncoding: 'binary',
    maxDbs: options.databasesMax ?? 16,
    maxReaders: options.readersMax ?? 126,
    // It opens batches for writes outside of our transactions, and nobody hears when those fail.
    eventTurnBatching: false,
    // With overlapping syncs a commit that failed on I/O could become visible later.
    overlappingSync: false,
    noMemInit: false,
    cache: false,
    readOnly: options.readOnly ?? false,
  });
}

async function createStore(dataDir: string, options: OpenStoreOptions): Promise<void> {
  const unfinished = join(dataDir, `${newPrefix}${process.pid}-${Date.now()}`);
  mkdirSync(unfinished);
  probeWritable(unfinished);
  const root = openEnvironment(unfinished, options);
  root.putSync(formatKey, Buffer.from(options.format));
  await root.close();
  syncFolderWithFiles(unfinished);
  renameSync(unfinished, join(dataDir, storeName));
  syncFolder(dataDir);
  syncParent(dataDir);
}

/**
 * LMDB ends the process when the first page of a new store cannot be written; a full or broken
 * disk is found here first, as an ordinary error.
 */
function probeWritable(folder: string): void {
  const path = join(folder, 'probe');
  const fd = openSync(path, 'w');
  try {
    writeSync(fd, Buffer.alloc(probeBytes), 0, probeBytes, 0);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
    unlinkSync(path);
  }
}

/** What a crash left of an unfinished creation; safe because the folder's lock is held. */
function removeUnfinished(dataDir: string): void {
  for (const name of readdirSync(dataDir)) {
    if (name.startsWith(newPrefix)) rmSync(join(dataDir, name), { recursive: true, force: true });
  }
}

function checkFormat(root: RootDatabase<Buffer, Buffer>, options: OpenStoreOptions): void {
  const { format, olderFormats, dataDir, readOnly } = options;
  const found = root.get(formatKey)?.toString();
  if (found === format) return;
  if (found !== undefined && olderFormats?.includes(found)) {
    if (!readOnly) root.putSync(formatKey, Buffer.from(format));
    return;
  }
  throw new StoreFormatError(
    `${dataDir} holds '${found ?? 'an unknown format'}', this version reads '${format}'`,
  );
}
