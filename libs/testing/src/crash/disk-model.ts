import { dirname, relative } from 'node:path';
import type { TracedCall } from './system-calls';

/** A change of file contents that a disk may or may not have when the power goes. */
export type PendingChange =
  | { readonly kind: 'write'; readonly offset: number; readonly data: Buffer }
  | { readonly kind: 'truncate'; readonly size: number };

interface DiskFile {
  durable: Buffer;
  pending: PendingChange[];
}

type NameChange =
  | { readonly kind: 'create'; readonly path: string; readonly file: DiskFile }
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 'rename'; readonly from: string; readonly to: string }
  | { readonly kind: 'remove'; readonly path: string };

/** Names of a tree: files with their contents, folders without. */
type Names = Map<string, DiskFile | 'folder'>;

/** Chooses what survives of a file's pending changes and how many name changes survive. */
export interface Survival {
  names(pending: number): number;
  content(path: string, pending: readonly PendingChange[]): readonly PendingChange[];
}

/** Everything reached the disk: what `kill -9` leaves, since the page cache outlives the process. */
export const everythingSurvives: Survival = {
  names: (pending) => pending,
  content: (_path, pending) => pending,
};

/**
 * A disk as POSIX promises it: a sync makes the earlier writes of one file durable, an O_DSYNC write
 * itself, a sync of a folder the names so far. Names survive in order, as in a journal; contents in
 * any subset and order.
 */
export class DiskModel {
  readonly #dsync = new Set<number>();
  readonly #positions = new Map<number, number>();
  #names: Names = new Map();
  #durableNames: Names = new Map();
  #pendingNames: NameChange[] = [];

  /** Follows changes below this folder only; `unsynced` names files whose loss does no harm. */
  constructor(
    private readonly root: string,
    private readonly unsynced: (path: string) => boolean = () => false,
  ) {}

  /** Applies one call; false when it did not touch the followed folder. */
  apply(call: TracedCall): boolean {
    switch (call.call) {
      case 'rename':
        if (!this.#follows(call.from) && !this.#follows(call.to)) return false;
        this.#changeName({ kind: 'rename', from: call.from, to: call.to });
        return true;
      case 'remove':
        if (!this.#follows(call.path)) return false;
        this.#changeName({ kind: 'remove', path: call.path });
        return true;
      case 'makeFolder':
        if (!this.#follows(call.path)) return false;
        this.#changeName({ kind: 'folder', path: call.path });
        return true;
      case 'mapShared':
        if (this.#follows(call.path) && !this.unsynced(call.path)) {
          throw new Error(`${call.path} is written through a mapping: not visible to strace`);
        }
        return false;
      default:
        return this.#follows(call.path) && this.#onFile(call);
    }
  }

  /** The files as a crash now could leave them, by path relative to the root. */
  image(survival: Survival): Map<string, Buffer> {
    const kept = survival.names(this.#pendingNames.length);
    const names = new Map(this.#durableNames);
    for (const change of this.#pendingNames.slice(0, kept)) applyName(names, change);
    const files = new Map<string, Buffer>();
    for (const [path, file] of names) {
      if (file === 'folder') continue;
      const changes = survival.content(path, file.pending);
      files.set(relative(this.root, path), applied(file.durable, changes));
    }
    return files;
  }

  #onFile(call: Extract<TracedCall, { path: string; fd: number }>): boolean {
    switch (call.call) {
      case 'open':
        return this.#opened(call.fd, call.path, call.flags);
      case 'seek':
        this.#positions.set(call.fd, call.offset);
        return false;
      case 'sync':
        return this.#sync(call.path);
      case 'truncate':
        return this.#change(call.path, { kind: 'truncate', size: call.size });
      case 'write': {
        const offset = call.offset ?? this.#positions.get(call.fd) ?? 0;
        const data = call.data.subarray(0, call.written);
        if (call.offset === undefined) this.#positions.set(call.fd, offset + data.length);
        this.#change(call.path, { kind: 'write', offset, data });
        if (this.#dsync.has(call.fd)) this.#makeDurable(call.path, [offset, data]);
        return true;
      }
    }
  }

  #opened(fd: number, path: string, flags: readonly string[]): boolean {
    const isSynchronous = flags.includes('O_DSYNC') || flags.includes('O_SYNC');
    if (isSynchronous) this.#dsync.add(fd);
    else this.#dsync.delete(fd);
    this.#positions.set(fd, 0);
    const known = this.#names.get(path);
    if (!known && flags.includes('O_CREAT')) {
      const file: DiskFile = { durable: Buffer.alloc(0), pending: [] };
      this.#changeName({ kind: 'create', path, file });
      return true;
    }
    if (known && flags.includes('O_TRUNC'))
      return this.#change(path, { kind: 'truncate', size: 0 });
    return false;
  }

  #change(path: string, change: PendingChange): boolean {
    const file = this.#names.get(path);
    if (!file || file === 'folder') throw new Error(`a change of ${path}, which was never created`);
    file.pending.push(change);
    return true;
  }

  #sync(path: string): boolean {
    const file = this.#names.get(path);
    if (file && file !== 'folder') {
      file.durable = applied(file.durable, file.pending);
      file.pending = [];
    } else {
      for (const change of this.#pendingNames) applyName(this.#durableNames, change);
      this.#pendingNames = [];
    }
    return true;
  }

  /** An O_DSYNC write is durable when it returns; the file's other pending changes are not. */
  #makeDurable(path: string, [offset, data]: [number, Buffer]): void {
    const file = this.#names.get(path);
    if (!file || file === 'folder') return;
    file.pending.pop();
    file.durable = applied(file.durable, [{ kind: 'write', offset, data }]);
    // Earlier pending writes below it must not undo it when they survive.
    file.pending = file.pending.flatMap((change) => withoutOverlap(change, offset, data.length));
  }

  #changeName(change: NameChange): void {
    applyName(this.#names, change);
    this.#pendingNames.push(change);
  }

  #follows(path: string): boolean {
    return path === this.root || path.startsWith(`${this.root}/`) || path === dirname(this.root);
  }
}

function applyName(names: Names, change: NameChange): void {
  if (change.kind === 'create') names.set(change.path, change.file);
  else if (change.kind === 'folder') names.set(change.path, 'folder');
  else if (change.kind === 'remove') names.delete(change.path);
  else {
    for (const [path, file] of [...names]) {
      if (path !== change.from && !path.startsWith(`${change.from}/`)) continue;
      names.delete(path);
      names.set(change.to + path.slice(change.from.length), file);
    }
  }
}

/** The contents after these changes, in this order; the input stays as it was. */
export function applied(content: Buffer, changes: readonly PendingChange[]): Buffer {
  let size = content.length;
  for (const change of changes) {
    size = change.kind === 'truncate' ? size : Math.max(size, change.offset + change.data.length);
  }
  const grown = Buffer.alloc(size);
  content.copy(grown);
  let length = content.length;
  for (const change of changes) {
    if (change.kind === 'truncate') {
      grown.fill(0, Math.min(change.size, length));
      length = Math.min(change.size, size);
    } else {
      change.data.copy(grown, change.offset);
      length = Math.max(length, change.offset + change.data.length);
    }
  }
  return grown.subarray(0, length);
}

function withoutOverlap(change: PendingChange, start: number, length: number): PendingChange[] {
  if (change.kind === 'truncate') return [change];
  const end = start + length;
  const changeEnd = change.offset + change.data.length;
  if (changeEnd <= start || change.offset >= end) return [change];
  const parts: PendingChange[] = [];
  if (change.offset < start) {
    const data = change.data.subarray(0, start - change.offset);
    parts.push({ kind: 'write', offset: change.offset, data });
  }
  if (changeEnd > end) {
    parts.push({ kind: 'write', offset: end, data: change.data.subarray(end - change.offset) });
  }
  return parts;
}
