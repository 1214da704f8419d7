import { randomUUID } from 'node:crypto';
import { RunningServer } from './running-server.fixture';

const running = new RunningServer();
beforeAll(() => running.start({ maxRecordBytes: 10_000 }));
afterAll(() => running.end());

const json = { 'content-type': 'application/json', 'es-eventtype': 'Posted' };
function post(path: string, headers: Record<string, string>, body: string): Promise<Response> {
  const address = `http://127.0.0.1:${running.server.port}${path}`;
  return fetch(address, { method: 'POST', headers, body, redirect: 'manual' });
}
async function dataOf(stream: string): Promise<unknown[]> {
  const data: unknown[] = [];
  for await (const { event } of running.client.readStream(stream)) data.push(event?.data);
  return data;
}

describe('an event posted over plain HTTP', () => {
  test('without an id is sent to an address with one, where repeating it is harmless', async () => {
    const first = await post('/streams/redirected', json, '{"n":1}');
    expect(first.status).toBe(307);
    const target = new URL(first.headers.get('location') ?? '');
    expect(target.pathname).toMatch(/^\/streams\/redirected\/incoming\/[0-9a-f-]{36}$/);
    for (let i = 0; i < 2; i += 1) {
      const answer = await post(target.pathname, json, '{"n":1}');
      expect(answer.status).toBe(201);
      expect(answer.headers.get('location')).toMatch(/\/streams\/redirected\/0$/);
    }
    expect(await dataOf('redirected')).toEqual([{ n: 1 }]);
  });

  test('keeps data that are no JSON as they came', async () => {
    const answer = await post('/streams/broken', { ...json, 'es-eventid': randomUUID() }, '****');
    expect(answer.status).toBe(201);
    expect(await dataOf('broken')).toEqual(['****']);
  });

  const id = { 'kurrent-eventid': randomUUID() };
  test.each([
    ['no type', { 'content-type': 'application/json' }, 400],
    ['another content type', { ...json, 'content-type': 'text/plain' }, 415],
    ['an id that is none', { ...json, 'es-eventid': 'x' }, 400],
    ['an expected version that is none', { ...json, ...id, 'es-expectedversion': 'x' }, 400],
    ['another expected version', { ...json, ...id, 'es-expectedversion': '7' }, 400],
  ])('with %s is refused', async (_, headers, status) => {
    expect((await post('/streams/refused', headers, '{}')).status).toBe(status);
    await expect(dataOf('refused')).rejects.toThrow();
  });

  test('larger than a record may be is refused', async () => {
    const answer = await post('/streams/large', { ...json, ...id }, 'x'.repeat(20_000));
    expect(answer.status).toBe(413);
  });

  test('to a tombstoned stream is refused', async () => {
    await running.client.tombstoneStream('gone', { expectedRevision: 'no_stream' });
    expect((await post('/streams/gone', { ...json, ...id }, '{}')).status).toBe(410);
  });

  test('elsewhere finds nothing', async () => {
    expect((await post('/elsewhere', json, '{}')).status).toBe(404);
  });
});

test.each(['/', '/web/index.html', '/stats', '/streams/s'])(
  'a browser at %s is told what is answered',
  async (path) => {
    const answer = await fetch(`http://127.0.0.1:${running.server.port}${path}`);
    expect(answer.status).toBe(404);
    expect(answer.headers.get('content-type')).toBe('text/plain');
    expect(await answer.text()).toContain('connect with a gRPC client');
  },
);

test('credentials are asked for where they are switched on', async () => {
  const guarded = new RunningServer();
  await guarded.start({ users: true });
  try {
    const address = `http://127.0.0.1:${guarded.server.port}/streams/s`;
    const send = (headers: Record<string, string>) =>
      fetch(address, { method: 'POST', headers, body: '{}', redirect: 'manual' });
    expect((await send(json)).status).toBe(401);
    const basic = `Basic ${Buffer.from('admin:changeit').toString('base64')}`;
    expect((await send({ ...json, authorization: basic })).status).toBe(307);
    const wrong = `Basic ${Buffer.from('admin:wrong').toString('base64')}`;
    expect((await send({ ...json, authorization: wrong })).status).toBe(401);
  } finally {
    await guarded.end();
  }
});
