import { partitionOf } from '@daybook/ledger-contracts';
import fc from 'fast-check';
import { LedgerLog } from '../ledger-log.fixture';
import { randomLedgers } from '../random-ledger.fixture';
import type { LogGroup } from '../recorded-event';
import { ALL, MemoryViews } from './memory-views.fixture';

function viewsAfter(batches: readonly (readonly LogGroup[])[]): MemoryViews {
  const views = new MemoryViews();
  for (const batch of batches) views.apply(batch);
  return views;
}

function cutInto(groups: readonly LogGroup[], size: number): (readonly LogGroup[])[] {
  const batches: (readonly LogGroup[])[] = [];
  for (let i = 0; i < groups.length; i += size) batches.push(groups.slice(i, i + size));
  return batches;
}

describe('folding batches into views', () => {
  it('gives the same views however the log is cut', () => {
    fc.assert(
      fc.property(randomLedgers, fc.integer({ min: 1, max: 9 }), ({ groups }, size) => {
        const whole = viewsAfter([groups]);
        expect(viewsAfter(cutInto(groups, size)).views).toEqual(whole.views);
      }),
    );
  });

  it('changes nothing when it is given again what it has', () => {
    fc.assert(
      fc.property(randomLedgers, fc.nat(), fc.nat(), ({ groups }, from, upTo) => {
        const views = viewsAfter([groups]);
        const before = structuredClone(views.views);
        const first = from % groups.length;
        const changes = views.apply(groups.slice(first, first + 1 + (upTo % groups.length)));
        expect(views.views).toEqual(before);
        expect(Object.values(changes).flat()).toEqual([]);
      }),
    );
  });

  it('gives the same views to one worker and to two with half the partitions each', () => {
    fc.assert(
      fc.property(randomLedgers, fc.integer({ min: 1, max: 15 }), ({ groups }, split) => {
        const views = new MemoryViews();
        views.apply(groups, new Set([...ALL].filter((partition) => partition >= split)));
        views.apply(groups, new Set([...ALL].filter((partition) => partition < split)));
        expect(views.views).toEqual(viewsAfter([groups]).views);
      }),
    );
  });

  it('keeps the sum of every currency at zero: totals against external accounts', () => {
    fc.assert(
      fc.property(randomLedgers, ({ groups }) => {
        const { views } = viewsAfter([groups]);
        const sum = (name: string, field: string) =>
          [...(views[name]?.values() ?? [])].reduce<bigint>(
            (total, view) => total + (view as Record<string, bigint>)[field]!,
            0n,
          );
        expect(sum('totals', 'sum') + sum('external_accounts', 'balance')).toBe(0n);
        expect(sum('totals', 'sum')).toBe(sum('accounts', 'posted'));
      }),
    );
  });
});

describe('a poison event', () => {
  const log = new LedgerLog()
    .open('alice')
    .open('bob')
    .post('t1', [{ from: '@bank', to: 'alice', amount: 500n }])
    .raw('account-alice', 'AccountCursed', { accountId: 'alice' })
    .post('t2', [{ from: 'alice', to: 'bob', amount: 200n }]);

  it('stops its own stream before it and nothing else', () => {
    const { views } = viewsAfter([log.groups]);
    expect(views['accounts']?.get('alice')).toMatchObject({
      revision: 1,
      posted: 500n,
      quarantined: true,
    });
    expect(views['accounts']?.get('bob')).toMatchObject({ revision: 1, posted: 200n });
    expect(views['transactions']?.get('t2')).toMatchObject({ status: 'posted' });
    expect([...(views['quarantine']?.values() ?? [])]).toMatchObject([
      { _id: 'account-alice', revision: 2, type: 'AccountCursed' },
    ]);
  });

  it('gives the same views when the batch that met it is given again', () => {
    const once = viewsAfter([log.groups]);
    const again = viewsAfter([log.groups, log.groups.slice(2), log.groups]);
    expect(again.views).toEqual(once.views);
  });

  it('is also an event of a known type with a broken shape', () => {
    const broken = new LedgerLog().open('alice').raw('account-alice', 'AccountFrozen', {});
    const { views } = viewsAfter([broken.groups]);
    expect(views['accounts']?.get('alice')).toMatchObject({ revision: 0, quarantined: true });
  });
});

describe('a gap in a stream', () => {
  it('stops that stream', () => {
    const log = new LedgerLog().open('alice').open('bob').freeze('alice').unfreeze('alice');
    const { views } = viewsAfter([log.groups.filter((_, i) => i !== 2)]);
    expect(views['quarantine']?.get('account-alice')).toMatchObject({
      partition: partitionOf('alice'),
      revision: 2,
    });
    expect(views['accounts']?.get('alice')).toMatchObject({ revision: 0, quarantined: true });
  });
});
