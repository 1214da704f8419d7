import { type AccountObservation, accountOperation } from './account-model';
import { checkLinearizable } from './checker';

const check = (...seen: AccountObservation[]) =>
  checkLinearizable(seen.map(accountOperation), 0n, String).linearizable;

let count = 0;
const seen = (
  invokedAt: number,
  answeredAt: number,
  change: bigint,
  answer: AccountObservation['answer'],
  balanceAfter?: bigint,
): AccountObservation => ({
  name: `op-${count++}`,
  invokedAt,
  answeredAt,
  change,
  answer,
  balanceAfter,
});

describe('the linearizability checker', () => {
  it('accepts a sequential history', () => {
    expect(check(seen(0, 1, 10n, 'accepted', 10n), seen(2, 3, -10n, 'accepted', 0n))).toBe(true);
  });

  it('accepts overlapping operations in any order that explains the answers', () => {
    expect(check(seen(0, 9, -5n, 'accepted', 5n), seen(1, 8, 10n, 'accepted', 10n))).toBe(true);
    expect(check(seen(0, 9, -5n, 'refused'), seen(1, 8, 10n, 'accepted', 10n))).toBe(true);
  });

  it('lets an operation without an answer take effect or not', () => {
    const lost = seen(0, 1, 10n, 'unknown');
    expect(check(lost, seen(2, 3, -10n, 'accepted', 0n))).toBe(true);
    expect(check(lost, seen(2, 3, -10n, 'refused'))).toBe(true);
    expect(check(lost, seen(2, 3, -10n, 'refused'), seen(4, 5, -10n, 'accepted', 0n))).toBe(true);
  });

  it('flags a lost update', () => {
    const both = [seen(0, 5, 10n, 'accepted', 10n), seen(0, 5, 10n, 'accepted', 10n)];
    expect(check(...both)).toBe(false);
  });

  it('flags a stale refusal after an acknowledged deposit', () => {
    expect(check(seen(0, 1, 10n, 'accepted', 10n), seen(2, 3, -10n, 'refused'))).toBe(false);
  });

  it('flags a command that was applied twice', () => {
    expect(check(seen(0, 1, 10n, 'accepted', 10n), seen(2, 3, 1n, 'accepted', 21n))).toBe(false);
  });

  it('flags an answer out of real-time order', () => {
    expect(check(seen(0, 1, 10n, 'accepted', 15n), seen(2, 3, 5n, 'accepted', 5n))).toBe(false);
  });

  it('flags money that was spent twice', () => {
    expect(
      check(
        seen(0, 1, 10n, 'accepted', 10n),
        seen(2, 9, -10n, 'accepted', 0n),
        seen(3, 8, -10n, 'accepted', 0n),
      ),
    ).toBe(false);
  });
});
