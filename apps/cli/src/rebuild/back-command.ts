import { goBack } from '@daybook/read-store-mongo';
import type { Stores } from '../stores/with-stores';

/** `daybook rebuild --back`: the views before the last rebuild answer again. Throws when it cannot. */
export async function backCommand(stores: Stores): Promise<number> {
  const { from, to, position, positionBefore } = await goBack(stores);
  console.log(`Generation ${to} answers now, generation ${from} is kept (rebuild --back).`);
  if (position < positionBefore) {
    console.log(
      `It stands at position ${position}, the other one at ${positionBefore}: ` +
        'until the projector has taken it on, answers are true for less.',
    );
  }
  return 0;
}
