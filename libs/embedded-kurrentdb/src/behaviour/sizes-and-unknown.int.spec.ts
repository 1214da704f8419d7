import { binaryEvent } from '@kurrent/kurrentdb-client';
import { RunningServer, numbered, shown } from './running-server.fixture';

const running = new RunningServer();
beforeAll(() => running.start({ maxRecordBytes: 10_000, maxAppendBytes: 50_000 }));
afterAll(() => running.end());

const bytes = (size: number) => binaryEvent({ type: 'b', data: Buffer.alloc(size) });

describe('what is too large', () => {
  test('a batch append is refused with the limit and the connection goes on', async () => {
    const refused = running.client.appendToStream('s', [bytes(20_000)]);
    await expect(refused).rejects.toMatchObject({
      type: 'maximum-append-size-exceeded',
      maxAppendSize: 10_000,
    });
    const many = Array.from({ length: 6 }, () => bytes(9_000));
    await expect(running.client.appendToStream('s', many)).rejects.toMatchObject({
      maxAppendSize: 50_000,
    });
    await running.client.appendToStream('s', numbered(1));
    expect(await shown(running.client.readStream('s'))).toEqual(['s@0:1']);
  });

  test('a classic append is refused the same way', async () => {
    const credentials = { username: 'any', password: 'any' };
    const refused = running.client.appendToStream('c', [bytes(20_000)], { credentials });
    await expect(refused).rejects.toMatchObject({ type: 'maximum-append-size-exceeded' });
  });

  test('records are refused each for itself and together', async () => {
    const record = running.client.appendRecords([{ streamName: 'r', record: bytes(20_000) }]);
    await expect(record).rejects.toMatchObject({
      type: 'append-record-size-exceeded',
      maxSize: 10_000,
    });
    const many = Array.from({ length: 6 }, () => ({ streamName: 'r', record: bytes(9_000) }));
    await expect(running.client.appendRecords(many)).rejects.toMatchObject({
      type: 'transaction-max-size-exceeded',
    });
  });
});

describe('what is not supported', () => {
  test('is answered UNIMPLEMENTED', async () => {
    const projection = running.client.createProjection('p', 'fromAll()');
    await expect(projection).rejects.toMatchObject({ code: 12 });
  });
});

describe('plain HTTP on the same port', () => {
  test.each([
    ['/ping', 200],
    ['/health/live', 204],
    ['/info', 200],
    ['/nothing', 404],
  ])('%s answers %i', async (path, status) => {
    const answer = await fetch(`http://127.0.0.1:${running.server.port}${path}`);
    expect(answer.status).toBe(status);
  });
});
