import { Controller, Get, Module, Param, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import {
  createLogger,
  createMetrics,
  ProblemError,
  startService,
  type RunningService,
} from './index';

const LARGE_BYTES = 32 * 1024 * 1024;
const waiting: (() => void)[] = [];
const untilWaiting = async (count: number) => {
  while (waiting.length < count) await new Promise(setImmediate);
};

@Controller('v1/things')
class ThingsController {
  @Post(':id')
  create(@Param('id') id: string, @Res() reply: FastifyReply) {
    if (id === 'refused') throw new ProblemError('InsufficientFunds', 'no', { data: { index: 1 } });
    if (id === 'defect') throw new Error('secret detail');
    if (id === 'unreadable') {
      throw new ProblemError('StreamUnreadable', 'no', { cause: new Error('secret detail') });
    }
    void reply.status(201).send({ id, body: reply.request.body ?? null });
  }

  @Get('large/answer')
  large(@Res() reply: FastifyReply) {
    void reply.send(Buffer.alloc(LARGE_BYTES));
  }

  @Get('slow/answer')
  async slow(@Res() reply: FastifyReply) {
    await new Promise<void>((resolve) => waiting.push(resolve));
    void reply.send({ done: true });
  }
}

@Module({ controllers: [ThingsController] })
class ThingsModule {}

let service: RunningService;
let healthy = true;
const lines: string[] = [];

beforeEach(async () => {
  healthy = true;
  waiting.length = 0;
  lines.length = 0;
  service = await startService({
    settings: { PORT: 0, HOST: '127.0.0.1', LOG_LEVEL: 'info', CORS: ['http://app.test'] },
    module: ThingsModule,
    logger: createLogger('things', 'info', { write: (line: string) => void lines.push(line) }),
    metrics: createMetrics('things'),
    ready: { store: () => (healthy ? Promise.resolve() : Promise.reject(new Error('down'))) },
    limits: { oneBodyBytes: 200, oneStreamBytes: 300, requests: 3, bodyBytes: 1_000 },
    prepare: (_app, server) =>
      void server.register(async (scope) => {
        scope.addContentTypeParser('text/lines', (_request, payload, done) => done(null, payload));
        scope.addContentTypeParser('text/early', (_request, payload, done) => done(null, payload));
        scope.post('/v1/early', (request) => {
          (request.body as Readable).resume();
          return Promise.resolve({ early: true });
        });
        const options = { bodyLimit: 700, config: { streamed: 'text/lines' } };
        scope.post('/v1/streams', options, async (request) => {
          if (!(request.body instanceof Readable)) return { body: request.body };
          waiting.push(() => undefined);
          let bytes = 0;
          for await (const chunk of request.body) bytes += (chunk as Buffer).length;
          return { bytes };
        });
      }),
  });
});

afterEach(() => service.stop());

const send = (path: string, init: RequestInit = {}) => fetch(`${service.url}${path}`, init);
const post = (path: string, body: string | Uint8Array<ArrayBuffer>, type = 'application/json') =>
  send(path, { method: 'POST', body, headers: { 'content-type': type } });

it('answers problems of every layer as problem+json', async () => {
  const cases: [Promise<Response>, number, string][] = [
    [post('/v1/things/a', '{"a":'), 400, 'InvalidRequest'],
    [post('/v1/things/a', '{"__proto__":{}}'), 400, 'InvalidRequest'],
    [post('/v1/things/a', 'x', 'text/plain'), 415, 'UnsupportedMediaType'],
    [post('/v1/things/a', 'a=1', 'application/x-www-form-urlencoded'), 415, 'UnsupportedMediaType'],
    [post('/v1/things/a', '{}', 'application/json; charset=latin1'), 415, 'UnsupportedMediaType'],
    // A character cut off: as long as the replacement that it must not become.
    [post('/v1/things/a', Uint8Array.of(34, 0xf0, 0x9f, 0x98, 34)), 400, 'InvalidRequest'],
    [post('/v1/things/a', `"${'x'.repeat(300)}"`), 413, 'RequestTooLarge'],
    [post('/v1/things/refused', '{}'), 422, 'InsufficientFunds'],
    [post('/v1/things/defect', '{}'), 500, 'InternalError'],
    [post('/v1/things/unreadable', '{}'), 500, 'StreamUnreadable'],
    [send('/v1/unknown'), 404, 'NotFound'],
    [post('/v1/things/', '{}'), 404, 'NotFound'],
    [send('/v1/things/%zz'), 400, 'InvalidRequest'],
    [send('/v1/things/a', { method: 'DELETE' }), 405, 'MethodNotAllowed'],
  ];
  for (const [answer, status, code] of cases) {
    const response = await answer;
    expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    const body = (await response.json()) as Record<string, unknown>;
    expect(body).toMatchObject({ status, code, type: `urn:daybook:problem:${code}` });
    expect(response.status).toBe(status);
    expect(JSON.stringify(body)).not.toContain('secret');
    const standard = ['type', 'title', 'status', 'code', 'detail'];
    expect(Object.keys(body).slice(0, 5)).toEqual(standard);
  }
});

it.each(['defect', 'unreadable'])('logs why it could not answer: %s', async (id) => {
  await post(`/v1/things/${id}`, '{}');
  expect(lines.filter((line) => line.includes('secret detail'))).toHaveLength(1);
});

it('says which media type it takes', async () => {
  // What curl sends with -d and no header.
  const response = await post('/v1/things/a', '{}', 'application/x-www-form-urlencoded');
  const { detail } = (await response.json()) as { detail: string };
  expect(detail).toBe('send JSON, with the header content-type: application/json');
});

it('names the allowed methods', async () => {
  const response = await send('/v1/things/a', { method: 'PUT' });
  expect(response.headers.get('allow')).toBe('POST');
});

it('takes an empty JSON body as none', async () => {
  expect(await (await post('/v1/things/a', '')).json()).toEqual({ id: 'a', body: null });
});

it('takes JSON in UTF-8, uncompressed', async () => {
  const type = 'application/json; charset="UTF-8"';
  expect(await (await post('/v1/things/a', '"ž"', type)).json()).toEqual({ id: 'a', body: 'ž' });
  const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
  const packed = await send('/v1/things/a', { method: 'POST', body: '{}', headers });
  expect(packed.status).toBe(415);
});

it('names the allowed methods of a path however it is spelt', async () => {
  const response = await send('/v1/%74hings/a', { method: 'PUT' });
  expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
  const odd = await sendRaw('GET /v1/none#%zz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n');
  expect(odd).toContain('HTTP/1.1 404');
});

it.each([
  ['POST', '/v1/unknown', 404],
  ['PUT', '/v1/things/a', 405],
])('says that nothing is there before it reads a body: %s %s', async (method, path, status) => {
  const headers = { 'content-type': 'application/json' };
  for (const body of ['{"a":', `"${'x'.repeat(300)}"`]) {
    expect((await send(path, { method, body, headers })).status).toBe(status);
  }
});

/** What comes back on a connection until it ends. */
const sendRaw = (sent: string) =>
  new Promise<string>((resolve) => {
    const socket = connect(service.port, '127.0.0.1', () => socket.write(sent));
    let text = '';
    socket.on('data', (chunk) => (text += chunk.toString())).on('close', () => resolve(text));
  });

it.each([
  ['no HTTP at all', 'NONSENSE\r\n\r\n'],
  ['no Host', 'GET /health/live HTTP/1.1\r\nconnection: close\r\n\r\n'],
])('answers broken HTTP with a problem: %s', async (_, text) => {
  const answer = await sendRaw(text);
  expect(answer).toContain('400 Bad Request');
  expect(answer).toContain('"code":"InvalidRequest"');
});

const chunk = (length: number) => `${length.toString(16)}\r\n${' '.repeat(length)}\r\n`;

const whole = (path: string) =>
  `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}`;

it('answers what has come as a whole before it ends a connection for a byte too many', async () => {
  const answer = await sendRaw(`${whole('/v1/things/a')}${whole('/v1/things/b')}\0`);
  expect(answer.match(/HTTP\/1.1 \d+/g)).toEqual(['HTTP/1.1 201', 'HTTP/1.1 201']);
  expect(answer).toContain('{"id":"b","body":{}}');
});

it('refuses no stream that breaks off: some of it may be done', async () => {
  const head = 'POST /v1/streams HTTP/1.1\r\nHost: a\r\nContent-Type: text/lines\r\n';
  expect(await sendRaw(`${head}Transfer-Encoding: chunked\r\n\r\n1\r\na\r\nnonsense`)).toBe('');
});

it('leaves aside what else than 100-continue is expected', async () => {
  const headers = 'host: x\r\nexpect: more\r\nconnection: close';
  const answer = await sendRaw(`GET /nothing HTTP/1.1\r\n${headers}\r\n\r\n`);
  expect(answer).toContain('HTTP/1.1 404');
  expect(answer).toContain('application/problem+json');
});

it('tells health and metrics', async () => {
  expect((await send('/health/live')).status).toBe(200);
  expect((await send('/health/ready')).status).toBe(200);
  healthy = false;
  const unready = await send('/health/ready');
  expect(unready.status).toBe(503);
  expect(await unready.json()).toEqual({ status: 'unavailable', checks: { store: 'failed' } });
  const text = await (await send('/metrics')).text();
  expect(text).toContain('route="/health/live",status="200"');
});

it('exposes the ledger headers to allowed origins only', async () => {
  const headers = { origin: 'http://app.test' };
  const allowed = await send('/health/live', { headers });
  expect(allowed.headers.get('access-control-allow-origin')).toBe('http://app.test');
  expect(allowed.headers.get('access-control-expose-headers')).toContain('Idempotent-Replayed');
  const other = await send('/health/live', { headers: { origin: 'http://evil.test' } });
  expect(other.headers.get('access-control-allow-origin')).toBeNull();
});

it('lets allowed origins read every refusal, also early ones', async () => {
  const refused = async (path: string, status: number, init: RequestInit = {}) => {
    const headers = { origin: 'http://app.test', 'content-type': 'application/json' };
    const response = await send(path, { ...init, headers: { ...headers, ...init.headers } });
    expect(response.status).toBe(status);
    expect(response.headers.get('access-control-allow-origin')).toBe('http://app.test');
    expect(response.headers.get('access-control-expose-headers')).toContain('Retry-After');
    expect(response.headers.get('vary')).toBe('Origin');
  };
  const posted = (body: string, headers = {}) => ({ method: 'POST', body, headers });
  await refused('/v1/things/a', 400, posted('{"a":'));
  await refused('/v1/things/a', 413, posted(`"${'x'.repeat(300)}"`));
  await refused('/v1/things/a', 415, posted('x', { 'content-type': 'text/plain' }));
  await refused('/v1/things/a', 415, posted('{}', { 'content-encoding': 'gzip' }));
  await refused('/v1/things/refused', 422, posted('{}'));
  await refused('/v1/things/defect', 500, posted('{}'));
  await refused('/v1/unknown', 404);
  await refused('/v1/things/a', 405, { method: 'DELETE' });
  await refused('/v1/things/%zz', 400);
  healthy = false;
  await refused('/health/ready', 503);
  const slow = [1, 2, 3].map(() => send('/v1/things/slow/answer'));
  await untilWaiting(3);
  await refused('/v1/things/a', 429, posted('{}'));
  for (const go of waiting) go();
  await Promise.all(slow);
});

it('lets browsers send every method of the services, and answers any OPTIONS', async () => {
  const headers = { origin: 'http://app.test', 'access-control-request-method': 'PATCH' };
  const preflight = await send('/v1/things/a', { method: 'OPTIONS', headers });
  expect(preflight.status).toBe(204);
  expect(preflight.headers.get('access-control-allow-methods')).toBe('GET, HEAD, POST, PATCH');
  expect((await send('/v1/things/a', { method: 'OPTIONS' })).status).toBe(204);
});

it('refuses early when too much is in work, and takes again afterwards', async () => {
  const slow = [1, 2, 3].map(() => send('/v1/things/slow/answer'));
  await untilWaiting(3);
  const refused = await post('/v1/things/a', '{}');
  expect(refused.status).toBe(429);
  expect(refused.headers.get('retry-after')).toBe('1');
  for (const go of waiting) go();
  for (const answer of slow) expect((await answer).status).toBe(200);
  expect((await post('/v1/things/a', '{}')).status).toBe(201);
});

/** A request whose body comes in two parts: the second when `end` is called. */
function sendSlowly(path: string, headers: Record<string, string | number>, first: string) {
  const sent = request(`${service.url}${path}`, { method: 'POST', headers });
  const answer = new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
    sent.on('error', reject).on('response', (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => resolve({ status: response.statusCode, text }));
    });
  });
  sent.write(first);
  return { answer, end: (rest: string) => void sent.end(rest) };
}

it.each([
  ['of a known length', { 'content-length': 100_000 }],
  ['without a length', {}],
])('counts a stream %s as little, however long it is', async (_, length) => {
  const headers = { 'content-type': 'text/lines', ...length };
  const streams = [0, 1].map(() => sendSlowly('/v1/streams', headers, 'x'.repeat(10)));
  await untilWaiting(2);
  expect((await post('/v1/things/a', `"${'x'.repeat(190)}"`)).status).toBe(201);
  expect((await post('/v1/streams', 'x'.repeat(500), 'text/lines')).status).toBe(200);
  expect((await post('/v1/streams', 'x'.repeat(500), 'text/other')).status).toBe(429);
  for (const { end } of streams) end('x'.repeat(99_990));
  for (const { answer } of streams) expect((await answer).text).toBe('{"bytes":100000}');
});

it('counts a body without a length as it comes, and refuses it when there is no more room', async () => {
  const headers = { 'content-type': 'application/json' };
  const streams = [0, 1, 2].map(() => sendSlowly('/v1/streams', headers, `"${'x'.repeat(299)}`));
  const [first, second, third] = streams;
  await new Promise((resolve) => setTimeout(resolve, 100));
  third?.end(`${'x'.repeat(200)}"`);
  expect(await third?.answer).toMatchObject({ status: 429 });
  first?.end('"');
  second?.end('"');
  await Promise.all([first?.answer, second?.answer]);
  const again = sendSlowly('/v1/things/a', headers, `"${'x'.repeat(100)}`);
  again.end('"');
  expect((await again.answer).status).toBe(201);
});

it('does not count what still comes of a body after its answer', async () => {
  const headers = { 'content-type': 'text/early' };
  for (let i = 0; i < 5; i += 1) {
    const early = sendSlowly('/v1/early', headers, 'x'.repeat(100));
    expect(await early.answer).toMatchObject({ status: 200 });
    early.end('x'.repeat(900));
  }
  expect((await post('/v1/things/a', `"${'x'.repeat(190)}"`)).status).toBe(201);
});

it.each([
  ['of a known length', 'Content-Length: 99300', ' '.repeat(300), ' '.repeat(99_000)],
  ['without a length', 'Transfer-Encoding: chunked', chunk(300), `${chunk(99_000)}0\r\n\r\n`],
])(
  'reads on when it has refused a body %s, for the client to see it',
  async (_, header, ...body) => {
    const socket = connect(service.port, '127.0.0.1');
    let text = '';
    socket.on('data', (bytes) => (text += String(bytes)));
    const told = async (status: number) => {
      while (!text.includes(`HTTP/1.1 ${status}`)) await once(socket, 'data');
    };
    socket.write(`POST /v1/things/a HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n`);
    socket.write(`${header}\r\n\r\n${body[0]}`);
    await told(413);
    socket.write(`${body[1]}GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n`);
    await told(200);
    socket.destroy();
  },
);

it('finishes what is in flight before it stops', async () => {
  const slow = send('/v1/things/slow/answer');
  await untilWaiting(1);
  const stopping = service.stop();
  for (const go of waiting) go();
  expect(await (await slow).json()).toEqual({ done: true });
  const started = Date.now();
  await stopping;
  expect(Date.now() - started).toBeLessThan(2_000);
  await expect(send('/health/live')).rejects.toThrow();
});

it('ends connections that stall when it stops, and answers what has come as a whole', async () => {
  const slow = send('/v1/things/slow/answer');
  await untilWaiting(1);
  const halves = ['POST /v1/things/a HTTP/1.1\r\nHost: a\r\nContent-Le', half('"x')];
  const ended = halves.map((text) => {
    const socket = connect(service.port, '127.0.0.1', () => socket.write(text));
    return new Promise((resolve) => socket.on('error', () => undefined).on('close', resolve));
  });
  await new Promise((resolve) => setTimeout(resolve, 100));
  const started = Date.now();
  const stopping = service.stop();
  await Promise.all(ended);
  for (const go of waiting) go();
  expect(await (await slow).json()).toEqual({ done: true });
  await stopping;
  expect(Date.now() - started).toBeLessThan(8_000);
});

/** A client that has sent a request for a large answer, and reads nothing of it yet. */
async function slowReader() {
  const client = connect(service.port, '127.0.0.1')
    .on('error', () => undefined)
    .pause();
  client.write('GET /v1/things/large/answer HTTP/1.1\r\nHost: a\r\n\r\n');
  await new Promise((resolve) => setTimeout(resolve, 200));
  return client;
}

it('sends answers to their end before it stops, also to a slow client', async () => {
  const client = await slowReader();
  const stopping = service.stop();
  await new Promise((resolve) => setTimeout(resolve, 200));
  let bytes = 0;
  client.on('data', (chunk: Buffer) => (bytes += chunk.length)).resume();
  await once(client, 'close');
  expect(bytes).toBeGreaterThan(LARGE_BYTES);
  await stopping;
});

it('ends a connection whose client reads nothing of its answer when it stops', async () => {
  const client = await slowReader();
  const started = Date.now();
  await service.stop();
  expect(Date.now() - started).toBeLessThan(14_000);
  client.destroy();
}, 20_000);

const half = (body: string) =>
  [
    'POST /v1/things/a HTTP/1.1',
    ...['Host: a', 'Content-Type: application/json', 'Content-Length: 100', '', body],
  ].join('\r\n');

it.each([
  ['127.0.0.1', /^port \d+ of 127\.0\.0\.1 is taken\. Stop what listens there, or set PORT/],
  ['192.0.2.1', /192\.0\.2\.1.*\. Set HOST and PORT to what it may listen on\.$/],
])('a service that cannot listen on %s says which setting to change', async (HOST, problem) => {
  const second = startService({
    settings: { PORT: service.port, HOST, LOG_LEVEL: 'info' },
    module: ThingsModule,
    logger: createLogger('second', 'silent'),
    metrics: createMetrics('second'),
    ready: {},
  });
  await expect(second).rejects.toThrow(problem);
});
