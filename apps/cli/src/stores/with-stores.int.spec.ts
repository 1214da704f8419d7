import { aStore } from '../../../../libs/event-store-kurrentdb/src/store-under-test.fixture';
import { withStores } from './with-stores';

describe('a command on both stores', () => {
  let kurrentdb: { readonly url: string; stop(): Promise<void> };
  beforeAll(async () => {
    kurrentdb = await aStore();
  });
  afterAll(() => kurrentdb.stop());

  const told = async (urls: { kurrentdb?: string; mongodb?: string }) => {
    const lines: string[] = [];
    const spy = jest.spyOn(console, 'error').mockImplementation((line: string) => {
      lines.push(line);
    });
    const given = { kurrentdb: kurrentdb.url, mongodb: 'mongodb://127.0.0.1:1/daybook', ...urls };
    const status = await withStores(given, () => Promise.resolve(0));
    spy.mockRestore();
    return [status, lines.join('\n')];
  };

  it.each([
    [{ kurrentdb: 'nonsense' }, '--kurrentdb (KURRENTDB_URL): Unexpected "n"'],
    [{ mongodb: 'nonsense' }, '--mongodb (MONGODB_URL): the URL names no database'],
    [{ mongodb: 'mongodb://127.0.0.1:1' }, '--mongodb (MONGODB_URL): the URL names no database'],
    [{ mongodb: 'mongodb://127.0.0.1:1/?a=/b' }, '--mongodb (MONGODB_URL): the URL names no'],
    [
      { kurrentdb: 'kurrentdb://ops:se@cret@127.0.0.1:1?tls=false' },
      '(KURRENTDB_URL): no event store answers at kurrentdb://127.0.0.1:1; is the ledger running?',
    ],
    [{ kurrentdb: 'kurrentdb://127.0.0.1:1' }, 'The URL asks for TLS; add ?tls=false'],
    [
      { mongodb: 'mongodb://ops:secret@127.0.0.1:1/daybook' },
      '(MONGODB_URL): no MongoDB answers at 127.0.0.1:1 (connect ECONNREFUSED 127.0.0.1:1); is it',
    ],
  ])('ends with 2 and names the option of %j', async (urls, problem) => {
    expect(await told(urls)).toEqual([2, expect.stringContaining(problem)]);
  });
});
