// The events that the reading rows read; loaded once into each store.

/** The data of every event of the bench: about 160 bytes of JSON. */
export const body = {
  amount: '1234',
  currency: 'EUR',
  balanceAfter: '987654',
  note: 'x'.repeat(100),
};

export const event = (kurrent) => kurrent.jsonEvent({ type: 'benched', data: body });

/** Enough that a read takes a second or two. */
export const loadedEvents = 100_000;
const perAppend = 2_000;
const streams = 20;

/** Appends the events unless they are there already. */
export async function loadEvents({ client, kurrent }) {
  try {
    const newest = client.readStream('load-done', { maxCount: 1 });
    for await (const found of newest) if (found) return;
  } catch {
    // Not there: a fresh store.
  }
  for (let from = 0; from < loadedEvents; from += perAppend) {
    const records = Array.from({ length: perAppend }, (_, i) => ({
      streamName: `load-${(from + i) % streams}`,
      record: event(kurrent),
    }));
    await client.appendRecords(records);
  }
  await client.appendToStream('load-done', event(kurrent));
}
