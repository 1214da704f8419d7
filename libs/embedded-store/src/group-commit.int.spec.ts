import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  EmbeddedStore,
  StoreClosedError,
  StoreOverloadedError,
  StorePoisonedError,
  defaultGroupCommitLimits,
} from './index';

let dataDir: string;
let groups: number;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'embedded-store-'));
  groups = 0;
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const openStore = (more = {}) =>
  EmbeddedStore.open({
    dataDir,
    format: 'test 1',
    command: 'the test',
    observer: { committed: () => void groups++ },
    ...more,
  });
const key = (n: number) => Buffer.from(`k${n}`);

describe('group commit', () => {
  test('a hundred waiting writes share a few transactions', async () => {
    const store = await openStore();
    const db = store.openDatabase('things');
    const writes = Array.from({ length: 100 }, (_, n) =>
      store.commits.submit(() => {
        db.putSync(key(n), key(n));
        return n;
      }),
    );
    expect(await Promise.all(writes)).toEqual(Array.from({ length: 100 }, (_, n) => n));
    expect(groups).toBeLessThanOrEqual(2);
    expect(db.getCount()).toBe(100);
    await store.close();
  });

  test('a refusal rejects itself only', async () => {
    const store = await openStore();
    const db = store.openDatabase('things');
    const [first, second, third] = await Promise.allSettled([
      store.commits.submit(() => db.putSync(key(1), key(1))),
      store.commits.submit(() => {
        throw new Error('no');
      }),
      store.commits.submit(() => db.putSync(key(3), key(3))),
    ]);
    expect([first.status, second.status, third.status]).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
    expect(db.getCount()).toBe(2);
    await store.close();
  });

  test('work alone is undone whole when it throws', async () => {
    const store = await openStore();
    const db = store.openDatabase('things');
    const refused = store.commits.submitAlone(() => {
      db.putSync(key(1), key(1));
      throw new Error('half way');
    });
    const after = store.commits.submit(() => db.putSync(key(2), key(2)));
    await expect(refused).rejects.toThrow('half way');
    await after;
    expect(db.get(key(1))).toBeUndefined();
    expect(db.get(key(2))).toBeDefined();
    await store.close();
  });

  test('a failed commit stops the store for ever', async () => {
    const store = await openStore({
      observer: {
        ending: () => {
          throw new Error('EIO');
        },
      },
    });
    const db = store.openDatabase('things');
    const write = store.commits.submit(() => db.putSync(key(1), key(1)));
    await expect(write).rejects.toBeInstanceOf(StorePoisonedError);
    await expect(store.commits.submit(() => 1)).rejects.toBeInstanceOf(StorePoisonedError);
    expect(db.getCount()).toBe(0);
    await store.close();
  });

  test('the queue is bounded and closing drains it', async () => {
    const store = await openStore({ limits: { ...defaultGroupCommitLimits, waitingMax: 2 } });
    const db = store.openDatabase('things');
    const accepted = [1, 2].map((n) => store.commits.submit(() => db.putSync(key(n), key(n))));
    await expect(store.commits.submit(() => 3)).rejects.toBeInstanceOf(StoreOverloadedError);
    const closing = store.commits.close();
    await expect(store.commits.submit(() => 4)).rejects.toBeInstanceOf(StoreClosedError);
    await Promise.all([...accepted, closing]);
    expect(db.getCount()).toBe(2);
    await store.close();
  });
});
