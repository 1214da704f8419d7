import { type BinaryDatabase, EmbeddedStore } from '@daybook/embedded-store';
import type { CollectionDefinition } from '../indexes/index-definition';
import { Catalog, decodeCollection, encodeCollection } from './catalog';
import { collectionPrefix, afterPrefix, type RecordId, recordIdOfKey } from './keys';
import { Snapshot, WRITE_READER } from './reader';

const FORMAT = 'embedded-mongodb 1';
const VERSION_KEY = Buffer.from('\0version');
const GARBAGE_PREFIX = Buffer.from('\x01');
const SWEEP_BATCH = 2_000;

/** Documents and bytes of one collection. */
export interface CollectionSize {
  documents: number;
  bytes: number;
}

/** Where a store is and what it may use. */
export interface MongoStoreOptions {
  readonly dataDir: string;
  /** What the folder's lock names as its holder. */
  readonly command: string;
  readonly snapshotsMax: number;
  readonly onPoisoned?: (error: Error) => void;
}

interface CollectionState {
  nextRecordId: RecordId;
  live: CollectionSize;
  committed: CollectionSize;
}

/**
 * The durable state: documents, index entries, catalog and remembered answers. Writes run one
 * after the other inside shared transactions; reads use snapshots and never wait for writes.
 */
export class MongoStore {
  readonly documents: BinaryDatabase;
  readonly entries: BinaryDatabase;
  readonly sessions: BinaryDatabase;
  private readonly catalogs: BinaryDatabase;
  private readonly sizes: BinaryDatabase;
  private committed = Catalog.empty;
  private pending = Catalog.empty;
  private readonly states = new Map<number, CollectionState>();
  private readonly touched = new Set<number>();
  private sweeping = false;

  private constructor(readonly store: EmbeddedStore) {
    this.documents = store.openDatabase('documents');
    this.entries = store.openDatabase('entries');
    this.sessions = store.openDatabase('sessions');
    this.catalogs = store.openDatabase('catalog');
    this.sizes = store.openDatabase('sizes');
  }

  /** Opens or creates the store in a folder that no other process may hold. */
  static async open(options: MongoStoreOptions): Promise<MongoStore> {
    const observed: { by?: MongoStore } = {};
    const store = await EmbeddedStore.open({
      dataDir: options.dataDir,
      command: options.command,
      format: FORMAT,
      readersMax: options.snapshotsMax,
      observer: {
        ending: () => observed.by?.writeSizes(),
        committed: () => observed.by?.published(),
        failed: (error) => options.onPoisoned?.(error),
      },
    });
    const opened = new MongoStore(store);
    observed.by = opened;
    opened.load();
    opened.sweep();
    return opened;
  }

  /** Runs `work` in the shared write transaction; resolves with its value when that is durable. */
  write<T>(work: () => T, bytes = 0): Promise<T> {
    return this.store.commits.submit(work, bytes);
  }

  /** As `write`, in a transaction of its own that leaves nothing behind when `work` throws. */
  writeAlone<T>(work: () => T): Promise<T> {
    return this.store.commits.submitAlone(() => {
      const before = this.pending;
      try {
        return work();
      } catch (error) {
        this.pending = before;
        throw error;
      }
    });
  }

  /** The catalog that the running write transaction sees. */
  get writeCatalog(): Catalog {
    return this.pending;
  }

  /** A snapshot with the catalog that belongs to it. */
  snapshot(): { reader: Snapshot; catalog: Catalog } {
    const reader = new Snapshot(this.store.root);
    // A commit is visible to readers a moment before this thread is told of it.
    const version = reader.get(this.catalogs, VERSION_KEY)?.readDoubleBE(0) ?? 0;
    return { reader, catalog: version === this.committed.version ? this.committed : this.pending };
  }

  /** Adds or replaces a collection, within a write. */
  putCollection(collection: CollectionDefinition): void {
    this.pending = this.pending.with(collection);
    this.catalogs.putSync(catalogKey(collection.id), encodeCollection(collection));
    this.putVersion();
  }

  /** Removes a collection, within a write; its data goes later. */
  dropCollection(collection: CollectionDefinition): void {
    this.pending = this.pending.without(collection);
    this.catalogs.removeSync(catalogKey(collection.id));
    this.sizes.removeSync(collectionPrefix(collection.id));
    this.touched.delete(collection.id);
    this.leaveGarbage(collectionPrefix(collection.id));
    this.putVersion();
  }

  /** Gives a collection another name, within a write. */
  renameCollection(collection: CollectionDefinition, database: string, name: string): void {
    this.pending = this.pending.without(collection);
    this.putCollection({ ...collection, database, name });
  }

  /** Notes that the keys under a prefix belong to nothing any more, within a write. */
  leaveGarbage(prefix: Buffer): void {
    this.catalogs.putSync(Buffer.concat([GARBAGE_PREFIX, prefix]), Buffer.alloc(0));
    setImmediate(() => this.sweep());
  }

  /** The number of the next document, within a write. */
  nextRecordId(collection: CollectionDefinition): RecordId {
    return this.stateOf(collection.id).nextRecordId++;
  }

  /** Counts a change of a collection's size, within a write. */
  resize(collection: CollectionDefinition, documents: number, bytes: number): void {
    const { live } = this.stateOf(collection.id);
    live.documents += documents;
    live.bytes += bytes;
    this.touched.add(collection.id);
  }

  /** The durable size of a collection. */
  sizeOf(collection: CollectionDefinition): CollectionSize {
    return this.stateOf(collection.id).committed;
  }

  /** As `GroupCommit.refuseWhenPoisoned`. */
  refuseWhenPoisoned(): void {
    this.store.commits.refuseWhenPoisoned();
  }

  /** Waits for accepted writes and closes the folder. */
  async close(): Promise<void> {
    await this.store.close();
  }

  private stateOf(collectionId: number): CollectionState {
    let state = this.states.get(collectionId);
    if (!state) {
      const empty = { documents: 0, bytes: 0 };
      state = { nextRecordId: 1, live: { ...empty }, committed: empty };
      this.states.set(collectionId, state);
    }
    return state;
  }

  private putVersion(): void {
    const version = Buffer.alloc(16);
    version.writeDoubleBE(this.pending.version, 0);
    version.writeDoubleBE(this.pending.nextCollectionId, 8);
    this.catalogs.putSync(VERSION_KEY, version);
  }

  private writeSizes(): void {
    for (const id of this.touched) {
      const { live } = this.stateOf(id);
      const value = Buffer.alloc(16);
      value.writeDoubleBE(live.documents, 0);
      value.writeDoubleBE(live.bytes, 8);
      this.sizes.putSync(collectionPrefix(id), value);
    }
  }

  private published(): void {
    this.committed = this.pending;
    for (const id of this.touched) {
      const state = this.stateOf(id);
      state.committed = { ...state.live };
    }
    this.touched.clear();
  }

  private load(): void {
    const version = this.catalogs.get(VERSION_KEY);
    let catalog = new Catalog(0, version?.readDoubleBE(8) ?? 1, new Map());
    for (const { key, value } of this.catalogs.getRange({ start: catalogKey(0) })) {
      if (key[0] !== 2) continue;
      const collection = decodeCollection(value);
      catalog = catalog.with(collection);
      this.loadState(collection.id);
    }
    const number = version?.readDoubleBE(0) ?? 0;
    const all = new Map([...catalog.collections()].map((c) => [`${c.database}.${c.name}`, c]));
    this.committed = new Catalog(number, catalog.nextCollectionId, all);
    this.pending = this.committed;
  }

  private loadState(collectionId: number): void {
    const state = this.stateOf(collectionId);
    const size = this.sizes.get(collectionPrefix(collectionId));
    if (size) {
      state.live = { documents: size.readDoubleBE(0), bytes: size.readDoubleBE(8) };
      state.committed = { ...state.live };
    }
    const from = collectionPrefix(collectionId);
    const backwards = { from, to: afterPrefix(from), reverse: true };
    for (const { key } of WRITE_READER.range(this.documents, backwards)) {
      state.nextRecordId = recordIdOfKey(key) + 1;
      break;
    }
  }

  /** Removes what dropped collections and indexes left, a bounded piece per transaction. */
  private sweep(): void {
    if (this.sweeping) return;
    this.sweeping = true;
    const next = (): void => {
      this.write(() => this.sweepOnce())
        .then((more) => {
          if (more) setImmediate(next);
          else this.sweeping = false;
        })
        // A closed or poisoned store is swept at its next opening.
        .catch(() => (this.sweeping = false));
    };
    next();
  }

  private sweepOnce(): boolean {
    const range = { from: GARBAGE_PREFIX, to: afterPrefix(GARBAGE_PREFIX) };
    for (const { key } of WRITE_READER.range(this.catalogs, range)) {
      const prefix = Buffer.from(key.subarray(1));
      const databases = prefix.length === 4 ? [this.documents, this.entries] : [this.entries];
      for (const database of databases) {
        const doomed: Buffer[] = [];
        for (const entry of WRITE_READER.range(database, {
          from: prefix,
          to: afterPrefix(prefix),
        })) {
          doomed.push(entry.key);
          if (doomed.length >= SWEEP_BATCH) break;
        }
        for (const one of doomed) database.removeSync(one);
        if (doomed.length >= SWEEP_BATCH) return true;
      }
      this.catalogs.removeSync(key);
      return true;
    }
    return false;
  }
}

function catalogKey(collectionId: number): Buffer {
  const key = Buffer.alloc(5);
  key[0] = 2;
  key.writeUInt32BE(collectionId, 1);
  return key;
}
