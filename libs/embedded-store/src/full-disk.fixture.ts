import { EmbeddedStore } from './index';

/*
 * Writes until the disk takes no more, then lets the event loop turn, so that a rejection that nobody
 * heard ends the process. It says how many writes were acknowledged, why it ended and how it closed.
 */
async function main(dataDir: string): Promise<void> {
  const store = await EmbeddedStore.open({ dataDir, format: 'test 1', command: 'full disk' });
  const db = store.openDatabase('things');
  let acknowledged = 0;
  try {
    for (; acknowledged < 1_000; acknowledged++) {
      await store.commits.submit(() => db.putSync(Buffer.from(`k${acknowledged}`), noise));
    }
  } catch (error) {
    console.log((error as Error).message);
  }
  await new Promise((resolve) => setTimeout(resolve, 50));
  await store.close();
  console.log(`closed after ${acknowledged}`);
}

const noise = Buffer.alloc(50_000, 7);

void main(process.argv[2]!);
