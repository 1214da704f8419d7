import fc from 'fast-check';
import type { Capture, LedgerCommand, LimitChanges, Posting } from '../commands';
import {
  capture,
  change,
  close,
  expire,
  freeze,
  open,
  reverse,
  unfreeze,
  voidHold,
  withIdentity,
} from '../given/phrases.fixture';
import type { Transact } from '../commands';

/*
 * Few names, few amounts, a clock that mostly goes on and sometimes back: so that commands meet
 * each other, repeat ids and keys, and land on both sides of every limit and of every day's end.
 */
const START = Date.parse('2026-03-31T22:00:00.000Z');
const instant = (minutes: number): string => new Date(START + minutes * 60_000).toISOString();

const accountId = fc.constantFrom('a', 'a', 'b', 'b', 'c', 'krw', 'ghost');
const side = fc.oneof(
  { weight: 4, arbitrary: accountId },
  { weight: 3, arbitrary: fc.constantFrom('@bank', '@bank', '@cash', '@adjustment') },
);
const id = fc.integer({ min: 0, max: 11 }).map((index) => `t${index}`);
const requestId = fc.option(fc.constantFrom('t0', 't1', 'k1', 'k2', 'k3'), {
  nil: undefined,
  freq: 4,
});
const keyed = fc.constantFrom(false, false, true);
const cents = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom(1n, 50n, 99n, 100n, 101n, 200n, 300n, 500n) },
  { weight: 1, arbitrary: fc.constantFrom(10n ** 15n, 999_999n) },
);
const decimal = fc.constantFrom('0', '0.5', '1', '1.00', '2', '3', '5', '0.001', '-1', '99999');

const posting: fc.Arbitrary<Posting> = fc
  .record({
    from: side,
    to: side,
    amount: cents,
    currency: fc.constantFrom('EUR', 'EUR', 'EUR', 'EUR', 'KRW'),
  })
  // The edge refuses external accounts on both sides.
  .map((each) =>
    each.from.startsWith('@') && each.to.startsWith('@') ? { ...each, to: 'a' } : each,
  )
  .map((each) =>
    each.to === 'krw' && each.from.startsWith('@') ? { ...each, currency: 'KRW' } : each,
  );

const transactions = (now: string): fc.Arbitrary<LedgerCommand> =>
  fc
    .record({
      transactionId: id,
      keyed,
      postings: fc.oneof(
        { weight: 3, arbitrary: posting.map((only) => [only]) },
        { weight: 2, arbitrary: fc.array(posting, { minLength: 1, maxLength: 4 }) },
      ),
      pending: fc.option(
        fc.record(
          { expiresAt: fc.integer({ min: 0, max: 400 }).map(instant) },
          { requiredKeys: [] },
        ),
        { nil: undefined, freq: 2 },
      ),
      effectiveAt: fc.option(fc.integer({ min: -100, max: 300 }).map(instant), {
        nil: undefined,
        freq: 5,
      }),
    })
    .map(({ pending, effectiveAt, ...rest }) =>
      withIdentity<Transact>({
        type: 'transact',
        kind: 'journal',
        now,
        ...rest,
        ...(pending && { pending }),
        ...(effectiveAt !== undefined && { effectiveAt }),
      }),
    );

const amounts: fc.Arbitrary<Capture['amounts']> = fc.oneof(
  { weight: 3, arbitrary: fc.constant('rest' as const) },
  { weight: 3, arbitrary: decimal.map((only) => ({ only })) },
  { weight: 2, arbitrary: fc.array(decimal, { minLength: 1, maxLength: 3 }) },
);

const settlements = (now: string): fc.Arbitrary<LedgerCommand> =>
  fc
    .record({
      own: id,
      originalId: id,
      keyed,
      amounts,
      what: fc.constantFrom('capture', 'capture', 'void', 'expire', 'reverse', 'force'),
    })
    .map(({ own, originalId, what, ...rest }) => {
      const more = { originalId, now, keyed: rest.keyed };
      if (what === 'capture') return capture(own, rest.amounts, more);
      if (what === 'void') return voidHold(own, more);
      if (what === 'expire') return expire(own, more);
      const forced = what === 'force' ? { forced: { reason: 'case 7' } } : {};
      return reverse(own, originalId, { ...more, ...forced });
    });

const limit = fc.option(fc.oneof(decimal, fc.constant(null)), { nil: undefined });
const limits: fc.Arbitrary<LimitChanges> = fc.record({
  perTransaction: limit,
  perDay: limit,
  minimumBalance: limit,
}) as fc.Arbitrary<LimitChanges>;

const accounts = (now: string): fc.Arbitrary<LedgerCommand> =>
  fc
    .record({
      accountId,
      requestId,
      what: fc.constantFrom('open', 'freeze', 'unfreeze', 'unfreeze', 'close', 'change', 'change'),
      scope: fc.constantFrom('all' as const, 'debits' as const),
      overdraft: fc.constantFrom(0n, 200n, null),
      overdraftLimit: fc.option(fc.oneof(decimal, fc.constant('unlimited')), { nil: undefined }),
      limits: fc.option(limits, { nil: undefined }),
      name: fc.option(fc.constantFrom('A', 'B'), { nil: undefined, freq: 1 }),
    })
    .map(({ what, ...given }) => {
      const key = given.requestId === undefined ? {} : { requestId: given.requestId };
      const more = { now, ...key };
      switch (what) {
        case 'open': {
          const currency = given.accountId === 'krw' ? 'KRW' : 'EUR';
          return open(given.accountId, currency, { ...more, overdraftLimit: given.overdraft });
        }
        case 'freeze':
          return freeze(given.accountId, given.scope, more);
        case 'unfreeze':
          return unfreeze(given.accountId, more);
        case 'close':
          return close(given.accountId, more);
        default:
          return change(given.accountId, {
            ...more,
            ...(given.overdraftLimit !== undefined && { overdraftLimit: given.overdraftLimit }),
            ...(given.limits && { limits: given.limits }),
            ...(given.name !== undefined && { details: { name: given.name } }),
          });
      }
    });

const command: fc.Arbitrary<LedgerCommand> = fc
  .integer({ min: 0, max: 300 })
  .map(instant)
  .chain((now) =>
    fc.oneof(
      { weight: 6, arbitrary: transactions(now) },
      { weight: 4, arbitrary: settlements(now) },
      { weight: 2, arbitrary: accounts(now) },
    ),
  );

/** The accounts that most sequences start with; `ghost` is opened by some command, or never. */
const opening: readonly LedgerCommand[] = [
  open('a', 'EUR', { overdraftLimit: 200n, now: instant(0) }),
  open('b', 'EUR', { overdraftLimit: 0n, now: instant(0) }),
  open('c', 'EUR', { overdraftLimit: null, now: instant(0) }),
  open('krw', 'KRW', { overdraftLimit: 0n, now: instant(0) }),
];

/** Sequences of commands over a few accounts, with repeats of earlier ones among them. */
export const commandSequences: fc.Arbitrary<readonly LedgerCommand[]> = fc
  .array(fc.tuple(command, fc.nat({ max: 9 })), { minLength: 1, maxLength: 30 })
  .map((drawn) => {
    const commands = [...opening];
    for (const [next, again] of drawn) {
      commands.push(next);
      const earlier = commands[commands.length - 1 - again];
      if (again > 6 && earlier) commands.push({ ...earlier, now: next.now });
    }
    return commands;
  });
