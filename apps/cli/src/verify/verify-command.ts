import { generationsToRead, verifyViews } from '@daybook/read-store-mongo';
import type { Stores } from '../stores/with-stores';

/**
 * `daybook verify`: 0 when every view is what the log leads to and no law is broken, else 1; 2 when
 * the ledger was written to meanwhile and nothing is sure to be different.
 */
export async function verifyCommand({ store, ...stores }: Stores): Promise<number> {
  // Only read: the database may be another one than was meant.
  const views = store.views((await generationsToRead(store.db)).live);
  const report = await verifyViews({ views, ...stores });
  stores.signal.throwIfAborted();
  const count = (n: number) => n.toLocaleString('en-US');
  console.log(
    `${count(report.records)} events, ${count(report.accounts)} accounts, ` +
      `${count(report.transactions)} transactions, ${count(report.entries)} entries: ` +
      (report.differences === 0 ? 'clean' : `${count(report.differences)} differences`),
  );
  if (report.uncertain > 0) {
    console.error(
      `The ledger was written to meanwhile: ${count(report.uncertain)} of the differences may be ` +
        'none. Run verify again while nothing is written.',
    );
  }
  if (report.differences > report.uncertain) return 1;
  return report.uncertain > 0 ? 2 : 0;
}
