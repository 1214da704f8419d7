import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { DeadlineExceededError } from '@kurrent/kurrentdb-client';
import { frame } from '../grpc/framing';
import { ProtoWriter } from '../protobuf/writer';
import { appendPath, bareCall } from './bare-call.fixture';
import { numbered, RunningServer, shown } from './running-server.fixture';

let running: RunningServer;
beforeEach(async () => {
  running = new RunningServer();
  await running.start();
});
afterEach(() => running.end());

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits for the server to have no call any more. */
async function callsGone(): Promise<void> {
  for (let tries = 0; tries < 100 && running.server.statistics().calls > 0; tries++)
    await pause(20);
  expect(running.server.statistics().calls).toBe(0);
}

describe('deadlines', () => {
  test('of the client end a call, and the next one is answered', async () => {
    const deadline = running.client.appendToStream('d', numbered(...Array(20_000).keys()), {
      deadline: 1,
    });
    await expect(deadline).rejects.toBeInstanceOf(DeadlineExceededError);
    await running.client.appendToStream('after', numbered(1));
    expect(await shown(running.client.readStream('after'))).toEqual(['after@0:1']);
  });

  test('are kept by the server too, whatever the client does', async () => {
    const { session, status } = bareCall(running.server.port, appendPath, {
      'grpc-timeout': '50m',
    });
    expect(await status).toBe(4);
    session.destroy();
    await callsGone();
  });
});

describe('calls that nobody waits for', () => {
  test('cancelled reads and subscriptions leave nothing behind', async () => {
    await running.client.appendToStream('c', numbered(...Array(3_000).keys()));
    for (let i = 0; i < 20; i++) {
      for await (const { event } of running.client.readStream('c')) if (event) break;
      for await (const { event } of running.client.subscribeToStream('c')) if (event) break;
      for await (const { event } of running.client.subscribeToAll()) if (event) break;
    }
    await running.client.dispose();
    await callsGone();
  });

  test('an append cut off half way writes nothing', async () => {
    const { session, call } = bareCall(running.server.port, appendPath);
    const request = (field: number, build: (message: ProtoWriter) => ProtoWriter) =>
      call.write(frame(new ProtoWriter().message(field, build).finish()));
    const name = (stream: ProtoWriter) => stream.bytes(3, Buffer.from('half'));
    request(1, (options) => options.message(1, name).message(4, (any) => any));
    const id = (uuid: ProtoWriter) => uuid.string(2, randomUUID());
    request(2, (event) => event.message(1, id).bytes(4, Buffer.from('whole')));
    call.write(Buffer.from([0, 0, 0, 0, 99, 1, 2, 3]));
    await pause(50);
    session.destroy();
    await callsGone();
    await expect(shown(running.client.readStream('half'))).rejects.toMatchObject({
      type: 'stream-not-found',
    });
  });
});

describe('connections', () => {
  test('that ping often and say nothing stay', async () => {
    const warn = jest.spyOn(console, 'warn').mockImplementation();
    const client = running.connect('&keepAliveInterval=20&keepAliveTimeout=1000');
    warn.mockRestore();
    const events: unknown[] = [];
    const subscription = client.subscribeToStream('quiet');
    subscription.on('data', ({ event }) => events.push(event!.data));
    await pause(1_000);
    await client.appendToStream('quiet', numbered(1));
    await pause(200);
    expect(events).toEqual([{ n: 1 }]);
    await subscription.unsubscribe();
  });

  test('one carries hundreds of subscriptions, groups, reads and appends at once', async () => {
    const { client } = running;
    const counts = Array<number>(300).fill(0);
    const subscriptions = counts.map((_, i) =>
      client.subscribeToStream(`many-${i % 10}`).on('data', () => counts[i]!++),
    );
    await pause(300);
    await Promise.all(
      Array.from({ length: 100 }, async (_, i) => {
        await client.appendToStream(`many-${i % 10}`, numbered(i));
        await shown(client.readStream(`many-${i % 10}`, { maxCount: 1 }));
      }),
    );
    for (let tries = 0; tries < 100 && counts.some((n) => n < 10); tries++) await pause(50);
    expect(counts).toEqual(Array(300).fill(10));
    await Promise.all(subscriptions.map((subscription) => subscription.unsubscribe()));
  });
});

test('a connection whose first bytes come one by one is served', async () => {
  const socket = connect(running.server.port, '127.0.0.1').setNoDelay(true);
  const answer = new Promise<Buffer>((resolve) => socket.once('data', resolve));
  for (const byte of 'PRI ') {
    socket.write(byte);
    await pause(20);
  }
  const settings = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
  socket.write(Buffer.concat([Buffer.from('* HTTP/2.0\r\n\r\nSM\r\n\r\n'), settings]));
  // The type of the first frame of HTTP/2 is SETTINGS.
  expect((await answer)[3]).toBe(4);
  socket.destroy();
});

test('discovery leads back to where the client reached the server, not to what it listens on', async () => {
  const everywhere = new RunningServer();
  await everywhere.start({ host: '0.0.0.0' });
  const path = '/event_store.client.gossip.Gossip/Read';
  const { session, call, status } = bareCall(everywhere.server.port, path);
  try {
    const told: Buffer[] = [];
    call.on('data', (chunk: Buffer) => told.push(chunk));
    call.end(frame(Buffer.alloc(0)));
    expect(await status).toBe(0);
    const text = Buffer.concat(told).toString('latin1');
    expect(text).toContain('127.0.0.1');
    expect(text).not.toContain('0.0.0.0');
  } finally {
    session.destroy();
    await everywhere.end();
  }
});
