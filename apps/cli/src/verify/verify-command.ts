import { liveGenerations, verifyViews } from '@daybook/read-store-mongo';
import type { Stores } from '../stores/with-stores';

/** `daybook verify`: 0 when every view is what the log leads to and no law is broken, else 1. */
export async function verifyCommand({ store, ...stores }: Stores): Promise<number> {
  const views = store.views(await liveGenerations(store.db)());
  const report = await verifyViews({ views, ...stores });
  stores.signal.throwIfAborted();
  const count = (n: number) => n.toLocaleString('en-US');
  console.log(
    `${count(report.records)} events, ${count(report.accounts)} accounts, ` +
      `${count(report.transactions)} transactions, ${count(report.entries)} entries: ` +
      (report.differences === 0 ? 'clean' : `${count(report.differences)} differences`),
  );
  return report.differences === 0 ? 0 : 1;
}
