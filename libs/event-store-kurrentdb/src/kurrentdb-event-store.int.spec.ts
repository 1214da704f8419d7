import { type AddressInfo, createServer, type Socket } from 'node:net';
import { StoreUnreachable, UnknownOutcome } from '@daybook/event-store';
import { eventStoreContract } from '@daybook/testing';
import { connectKurrentDB } from './connect';
import { aStore } from './store-under-test.fixture';

eventStoreContract('KurrentDB', async () => {
  const { url, stop } = await aStore();
  const connection = connectKurrentDB(url);
  return {
    store: connection.store,
    close: async () => {
      await connection.close();
      await stop();
    },
  };
});

describe('a KurrentDB that is not there', () => {
  const nowhere = 'kurrentdb://127.0.0.1:9?tls=false';
  const check = { stream: 'a', expected: 'no-stream' as const };
  const record = {
    ...{ stream: 'a', type: 'Tested', json: '{}', metadata: {} },
    id: '00000000-0000-4000-8000-000000000001',
  };

  it('leaves the outcome of an append unknown and fails reads as unreachable', async () => {
    const { store, ping, close } = connectKurrentDB(nowhere, { deadlineMs: 500 });
    await expect(store.append([record], [check])).rejects.toBeInstanceOf(UnknownOutcome);
    await expect(store.readStream('a', 0, 1)).rejects.toBeInstanceOf(StoreUnreachable);
    await expect(store.readLast('a')).rejects.toBeInstanceOf(StoreUnreachable);
    await expect(store.readAfter('start', 1, ['a'])).rejects.toBeInstanceOf(StoreUnreachable);
    await expect(ping()).rejects.toBeInstanceOf(StoreUnreachable);
    await close();
  });

  it('is given up in time when it takes connections and says nothing', async () => {
    const silent = createServer((socket) => socket.on('error', () => undefined).resume());
    const sockets = new Set<Socket>();
    silent.on('connection', (socket) => sockets.add(socket));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const { store, ping, close } = connectKurrentDB(`kurrentdb://127.0.0.1:${port}?tls=false`, {
      deadlineMs: 300,
    });
    const began = performance.now();
    await expect(store.append([record], [check])).rejects.toBeInstanceOf(UnknownOutcome);
    await expect(store.readStream('a', 0, 1)).rejects.toBeInstanceOf(StoreUnreachable);
    await expect(ping()).rejects.toBeInstanceOf(StoreUnreachable);
    expect(performance.now() - began).toBeLessThan(3_000);
    await close();
    for (const socket of sockets) socket.destroy();
    silent.close();
  });

  it('ends a followed log with an error, not in silence', async () => {
    const { store, close } = connectKurrentDB(nowhere, { deadlineMs: 500 });
    const followed = store.follow('start', ['a'], new AbortController().signal);
    await expect(followed[Symbol.asyncIterator]().next()).rejects.toBeInstanceOf(StoreUnreachable);
    await close();
  });
});
