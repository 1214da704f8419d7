import { openReadStore } from '@daybook/read-store-mongo';
import { LedgerLog } from '../../../../libs/read-model/src/ledger-log.fixture';
import {
  openViews,
  type ViewsUnderTest,
} from '../../../../libs/read-store-mongo/src/queries/views.fixture';
import { MemoryLog } from '../../../../libs/subscription/src/memory-log.fixture';
import { verifyCommand } from './verify-command';

const ledger = new LedgerLog()
  .open('alice')
  .post('t1', [{ from: '@bank', to: 'alice', amount: 500n }]);
const last = ledger.groups.at(-1)!.records;

describe('the exit status of verify', () => {
  let under: ViewsUnderTest;
  const said: string[] = [];

  beforeEach(async () => {
    said.length = 0;
    const say = (line: string) => void said.push(line);
    jest.spyOn(console, 'log').mockImplementation(say);
    jest.spyOn(console, 'error').mockImplementation(say);
    under = await openViews();
    await under.apply(ledger.groups);
    await under.reach(ledger.groups.at(-1)!);
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await under.close();
  });

  const verify = (log: MemoryLog, onProgress = () => {}, { store } = under) =>
    verifyCommand({
      store,
      log,
      signal: new AbortController().signal,
      onProgress,
      onDifference: () => undefined,
    });
  const logOf = (records: LedgerLog['records']) => {
    const log = new MemoryLog();
    log.records.push(...records);
    return log;
  };

  it('is 0 where nothing differs', async () => {
    expect(await verify(logOf(ledger.records))).toBe(0);
  });

  it('is 1 where something differs', async () => {
    expect(await verify(logOf(ledger.records.slice(0, -last.length)))).toBe(1);
  });

  it('is 2 where the ledger was written to meanwhile', async () => {
    const log = logOf(ledger.records.slice(0, -last.length));
    expect(await verify(log, () => log.records.push(...last))).toBe(2);
    expect(said.join('\n')).toMatch(/written to meanwhile: \d+ of the differences may be none/);
  });

  it('leaves nothing behind in a database without views', async () => {
    const url = new URL(under.url);
    url.pathname += '-other';
    const store = await openReadStore(url.href, { appName: 'verify-spec' });
    try {
      expect(await verify(new MemoryLog(), () => {}, { ...under, store })).toBe(0);
      expect(await store.db.listCollections().toArray()).toEqual([]);
    } finally {
      await store.close();
    }
  });

  it('is 1 where the log itself breaks a law, whatever was written meanwhile', async () => {
    const [opened, leg] = ledger.records;
    const log = logOf([opened!, { ...leg!, metadata: { schema: '1', last: 'true' } }]);
    expect(await verify(log, () => log.records.push(...last))).toBe(1);
  });
});
