import { eventStoreContract } from './contract';
import { InMemoryEventStore } from './in-memory-event-store';

eventStoreContract('the store in memory', async () => ({
  store: new InMemoryEventStore(),
  close: async () => undefined,
}));

describe('the store in memory', () => {
  it('takes names that differ only in case for one stream within an append', async () => {
    const store = new InMemoryEventStore();
    const id = (n: number): string => `00000000-0000-4000-8000-00000000000${n}`;
    const record = (stream: string, n: number) => ({
      ...{ stream, id: id(n), type: 'Tested', json: JSON.stringify({ n }), metadata: {} },
    });
    await store.append([record('account-Abc', 1), record('account-abc', 2)], []);
    expect(await store.readStream('account-Abc', 0, 9)).toHaveLength(2);
    expect(await store.readStream('account-abc', 0, 9)).toEqual([]);
  });
});
