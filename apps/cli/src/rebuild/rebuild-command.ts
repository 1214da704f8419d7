import { rebuildViews } from '@daybook/read-store-mongo';
import type { Stores } from '../stores/with-stores';

/** `daybook rebuild`: fills new views beside the old, compares, switches. 1 when they differ. */
export async function rebuildCommand(stores: Stores): Promise<number> {
  const { from, to, records, differences, switched } = await rebuildViews(stores);
  const read = `${records.toLocaleString('en-US')} events read into generation ${to}`;
  if (switched) {
    console.log(`${read}; it answers now, generation ${from} is kept (rebuild --back).`);
    return 0;
  }
  console.log(
    differences > 0
      ? `${read}; ${differences} differences: generation ${from} still answers.`
      : `${read}; it does not answer: which one does was changed meanwhile.`,
  );
  return 1;
}
