import { LedgerLog } from '../../../read-model/src/ledger-log.fixture';
import type { ViewName } from '../collections/collection-names';
import type { Views } from '../collections/views';
import { accountCount } from './account-list';
import { ledgerAt } from './ledger-at';
import { openViews, type ViewsUnderTest } from './views.fixture';

let under: ViewsUnderTest;
beforeEach(async () => {
  under = await openViews();
});
afterEach(() => under.close());

/** The views, with something that happens after each first count of accounts that is answered. */
function interrupted(views: Views, happens: () => Promise<void>): Views {
  const collection = views.collection('accounts');
  const once = new Proxy(collection, {
    get: (target, name) => {
      const own = Reflect.get(target, name) as unknown;
      if (typeof own !== 'function') return own;
      if (name !== 'countDocuments') return own.bind(target) as unknown;
      return async (...args: Parameters<typeof target.countDocuments>) => {
        const count = await target.countDocuments(...args);
        await happens();
        return count;
      };
    },
  });
  return {
    ...views,
    collection: ((name: ViewName) =>
      name === 'accounts' ? once : views.collection(name)) as never,
  };
}

it('an account that changes while it is counted is counted once', async () => {
  const log = new LedgerLog().open('alice').open('bob');
  const opened = log.groups.slice();
  const { position } = opened.at(-1)!;
  await under.apply(opened);
  const later = log.freeze('alice').groups.slice(opened.length);
  const views = interrupted(under.views, () => under.apply(later));
  const at = ledgerAt(views, { position, asOf: null, final: false });
  expect(await accountCount(at, { status: ['open'] })).toBe(2);
  await under.apply(later);
  expect(await accountCount(at, { status: ['open'] })).toBe(2);
  expect(await accountCount(at, { status: ['frozen'] })).toBe(0);
});
