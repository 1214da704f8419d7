import Ajv from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import {
  startStore,
  startTested,
  unique,
  type TestedService,
} from '../testing/command-service.fixture';

interface Operation {
  readonly requestBody?: { readonly content: Record<string, { readonly schema: object }> };
  readonly responses: Record<string, { content?: Record<string, { schema: object }> }>;
}

interface Document {
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, object> };
}

let store: Awaited<ReturnType<typeof startStore>>;
let service: TestedService;
let document: Document;

beforeAll(async () => {
  store = await startStore();
  service = await startTested(store.url);
  document = (await service.send('GET', '/docs-json')).body as unknown as Document;
});
afterAll(async () => {
  await service.stop();
  await store.stop();
});

it('names exactly the routes that there are', () => {
  const served = service
    .routes()
    .filter(({ path }) => path.startsWith('/v1/'))
    .flatMap(({ path, methods }) =>
      methods
        .filter((method) => method !== 'HEAD')
        .map((method) => `${method} ${path.replace(':id', '{id}')}`),
    );
  const documented = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(documented.sort()).toEqual(served.sort());
});

it('says what the fields of a transaction mean', () => {
  const content = document.paths['/v1/transactions']?.['post']?.requestBody?.content;
  expect(content?.['application/json']?.schema).toMatchObject({
    properties: {
      transactionId: { pattern: expect.any(String), description: expect.stringMatching('repeat') },
      effectiveAt: { format: 'date-time', description: expect.stringMatching('When it counts') },
      expiresAt: { format: 'date-time', description: expect.stringMatching('hold ends') },
    },
  });
});

it('allows a sign only where a limit may be negative', () => {
  const content = document.paths['/v1/accounts/{id}']?.['patch']?.requestBody?.content;
  const { properties } = content?.['application/json']?.schema as {
    properties: { limits: { properties: Record<string, object> } };
  };
  const signed = Object.entries(properties.limits.properties)
    .filter(([, schema]) => JSON.stringify(schema).includes('-?'))
    .map(([name]) => name);
  expect(signed).toEqual(['minimumBalance']);
  expect(JSON.stringify(properties)).toContain('^\\\\d{1,32}');
});

it('serves its page from local files alone', async () => {
  const page = await fetch(`${service.url}/docs`, { headers: { accept: 'text/html' } });
  const html = await page.text();
  expect(html).not.toMatch(/https?:\/\//);
  for (const [, file] of html.matchAll(/(?:src|href)="([^"]+)"/g)) {
    expect((await fetch(`${service.url}${file}`)).status).toBe(200);
  }
});

/** Whether a value is as the document says at a place in it. */
function matcher() {
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats(ajv);
  ajv.addSchema(document, 'doc');
  return (pointer: string, value: unknown) => {
    const validate = ajv.compile({ $ref: `doc#/${pointer}` });
    return validate(value) ? [] : validate.errors;
  };
}

const at = (path: string, rest: string) =>
  `paths/${path.replaceAll('/', '~1').replaceAll('{', '%7B').replaceAll('}', '%7D')}/${rest}`;

it('describes requests and answers as they are', async () => {
  const matches = matcher();
  const id = unique('alice');
  const calls: readonly [path: string, status: number, body: object][] = [
    ['/v1/accounts', 201, { accountId: id, currency: 'EUR', overdraftLimit: '1', metadata: {} }],
    ['/v1/accounts', 409, { accountId: id, currency: 'USD' }],
    ['/v1/accounts/{id}/deposits', 201, { amount: '1.00', currency: 'EUR', source: '@bank' }],
    ['/v1/accounts/{id}/withdrawals', 422, { amount: '100.00', currency: 'EUR' }],
    ['/v1/accounts/{id}/freeze', 201, { scope: 'debits' }],
    ['/v1/accounts/{id}/freeze', 200, { scope: 'debits' }],
    ['/v1/accounts/{id}/unfreeze', 201, {}],
    ['/v1/transfers', 404, { from: id, to: 'nobody', amount: '1.00', currency: 'EUR' }],
    [
      '/v1/transactions',
      201,
      { postings: [{ from: id, to: '@x', amount: '1.00', currency: 'EUR' }], pending: true },
    ],
  ];
  for (const [path, status, body] of calls) {
    const sent = at(path, 'post/requestBody/content/application~1json/schema');
    expect([path, matches(sent, body)]).toEqual([path, []]);
    expect([path, matches(sent, { ...body, unknown: 1 })]).not.toEqual([path, []]);
    const answer = await service.post(path.replace('{id}', id), body);
    const type = status < 400 ? 'application~1json' : 'application~1problem+json';
    const received = at(path, `post/responses/${status}/content/${type}/schema`);
    expect([path, answer.status]).toEqual([path, status]);
    expect([path, matches(received, answer.body)]).toEqual([path, []]);
  }
});

const hold = { postings: [{ from: 'a', to: '@x', amount: '1', currency: 'EUR' }] };
const pay = { from: 'a', to: 'b', amount: '1', currency: 'EUR' };

it.each([
  ['/v1/transactions/{id}/capture', { amount: '1' }, { amount: '1', amounts: ['1'] }],
  ['/v1/transactions/{id}/capture', { amounts: ['0', '1'] }, { amounts: [] }],
  ['/v1/transactions/{id}/reversal', { force: false }, { force: true }],
  ['/v1/transactions/{id}/reversal', { force: true, reason: 'x' }, { reason: '' }],
  [
    '/v1/transactions',
    { ...hold, pending: true, expiresAt: '2999-01-01T00:00:00Z' },
    { ...hold, expiresAt: '2999-01-01T00:00:00Z' },
  ],
  [
    '/v1/transfers',
    { ...pay, effectiveAt: '2016-12-31t23:59:59.123456789z' },
    { ...pay, effectiveAt: '2016-12-31T23:59:60Z' },
  ],
])('takes and refuses by the document what the service does: %s %j %j', async (path, good, bad) => {
  const matches = matcher();
  const schema = at(path, 'post/requestBody/content/application~1json/schema');
  const sent = async (body: object) =>
    (await service.post(`${path.replace('{id}', unique('none'))}?dryRun=true`, body)).status;
  expect([matches(schema, good), await sent(good)]).toEqual([[], 404]);
  expect(matches(schema, bad)).not.toEqual([]);
  expect(await sent(bad)).toBe(400);
});

it('says of a batch how it can be refused as a whole, and of keys what they are', () => {
  const { responses } = document.paths['/v1/batches']?.['post'] as Operation;
  const statuses = ['200', '400', '413', '415', '429', '500', '503'];
  expect(Object.keys(responses)).toEqual(statuses);
  const { parameters } = document.paths['/v1/transfers']?.['post'] as unknown as {
    parameters: readonly { name: string; schema: object }[];
  };
  const { schema } = parameters.find(({ name }) => name === 'Idempotency-Key') ?? { schema: {} };
  const validate = new Ajv().compile(schema);
  expect(['a b', 'x'.repeat(255)].every((key) => validate(key))).toBe(true);
  expect(['', 'ä', ' a', 'x'.repeat(256)].some((key) => validate(key))).toBe(false);
});
