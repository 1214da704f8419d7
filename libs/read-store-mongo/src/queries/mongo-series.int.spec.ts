import { type EntryView, pointId } from '@daybook/ledger-contracts';
import { lateEntry, storedEntry } from '../writing/stored-views';
import { mongoSeries } from './mongo-series';
import { seriesBalance } from './series-balance';
import { openViews, type ViewsUnderTest } from './views.fixture';

const START = Date.parse('1999-12-31T23:59:59.999Z');
const HOUR = 3_600_000;
/** How late entries are in ms, around the bounds of spans and up to decades. */
const lateness = [1, 4 ** 11 - 1, 4 ** 11, 3 * HOUR, 4 ** 14, 400 * HOUR, 4 ** 19 + 1, 2e5 * HOUR];

const times = lateness.flatMap((ms) => [START - ms - 1, START - ms, START - ms + 1, START]);

function entryAt(index: number, effectiveAt: number): EntryView {
  const position = BigInt(index);
  return {
    ...{ _id: pointId('a', position), account: 'a', series: 'a', partition: 0 },
    ...{ revision: index, position, posting: 0, transactionId: `t${index}`, kind: 'transfer' },
    ...{ counterparty: 'b', currency: 'EUR', amount: 10n ** BigInt(index) },
    balanceAfter: BigInt('1'.repeat(index + 1)),
    ...{ effectiveAt: new Date(effectiveAt), effectiveMax: new Date(START) },
    ...{ late: effectiveAt < START, recordedAt: new Date(START) },
  };
}

const entries = [START, ...lateness.map((ms) => START - ms)].map((at, index) => entryAt(index, at));

let under: ViewsUnderTest;

beforeEach(async () => {
  under = await openViews();
  const late = entries.filter((entry) => entry.late).map(lateEntry);
  await under.views.collection('entries').insertMany(entries.map(storedEntry) as never);
  await under.views.collection('late_entries').insertMany(late);
});
afterEach(() => under.close());

async function expectBalances() {
  const series = mongoSeries(under.views, 'a');
  for (const time of times) {
    for (const length of [5, entries.length]) {
      const expected = entries
        .slice(0, length)
        .filter(({ effectiveAt }) => effectiveAt.getTime() <= time)
        .reduce((sum, { amount }) => sum + amount, 0n);
      expect(await seriesBalance(series, time, pointId('a', BigInt(length)))).toBe(expected);
    }
  }
}

it('finds entries that are milliseconds to decades late', expectBalances);

it('finds late entries of views from before there were spans', async () => {
  await under.views.collection('late_entries').updateMany({}, { $unset: { span: 1 } } as never);
  await expectBalances();
});
