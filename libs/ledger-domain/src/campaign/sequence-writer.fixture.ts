import type { Random } from '@daybook/testing';
import type { Capture, LedgerCommand, Posting, Transact } from '../commands';
import {
  capture,
  change,
  close,
  expire,
  freeze,
  journal,
  open,
  reverse,
  unfreeze,
  voidHold,
  withIdentity,
} from '../given/phrases.fixture';

/*
 * Writes commands that meet each other: few names, amounts on both sides of every limit, a clock
 * that passes midnight and expiries and sometimes goes back, ids and keys that come again.
 */
const START = Date.parse('2026-03-31T22:00:00.000Z');
const MINUTE = 60_000;
const ACCOUNTS = ['a', 'b', 'c', 'krw'] as const;
const NAMES = [...ACCOUNTS, 'ghost', 'shut'] as const;
const RAILS = ['@bank', '@bank', '@cash', '@adjustment'] as const;
const DECIMALS = ['0', '0.5', '1', '1.00', '2', '5', '10', '0.001', '-1', 'x'] as const;

const instant = (time: number): string => new Date(time).toISOString();

export class SequenceWriter {
  private time = START;
  private made = 0;
  private readonly commands: LedgerCommand[];
  private readonly holds: Transact[] = [];
  private readonly settled: string[] = [];
  private readonly reversed: string[] = [];

  constructor() {
    const now = instant(START);
    this.commands = [
      open('a', 'EUR', { overdraftLimit: 200n, now }),
      open('b', 'EUR', { overdraftLimit: 0n, now }),
      open('c', 'EUR', { overdraftLimit: null, now }),
      open('krw', 'KRW', { overdraftLimit: 500n, now }),
      open('shut', 'EUR', { now }),
      close('shut', { now }),
      journal([['@bank', 'a', '12.00']], { now, transactionId: 'd1' }),
      journal([['@bank', 'b', '6.00']], { now, transactionId: 'd2' }),
    ];
  }

  get written(): readonly LedgerCommand[] {
    return this.commands;
  }

  write(dice: Random): void {
    this.time += dice.below(dice.chance(0.2) ? 180 : 8) * MINUTE;
    const command = this.next(dice);
    if (command.type === 'transact' && command.pending) this.holds.push(command);
    else if ('transactionId' in command) this.settled.push(command.transactionId);
    this.commands.push(command);
  }

  private next(dice: Random): LedgerCommand {
    const roll = this.roll(dice);
    if (roll < 8) return { ...dice.pick(this.commands), now: this.now(dice) } as LedgerCommand;
    if (roll < 34) return this.transact(dice, false);
    if (roll < 50) return this.transact(dice, true);
    if (roll < 66) return capture(this.id(dice), ...this.capturing(dice));
    if (roll < 71)
      return voidHold(this.id(dice), this.settling(dice, this.held(dice).transactionId));
    if (roll < 76) return expire(this.id(dice), this.settling(dice, this.held(dice).transactionId));
    if (roll < 84) return this.reversal(dice);
    return this.account(dice);
  }

  /** What settles comes mostly after there is something to settle. */
  private roll(dice: Random): number {
    const roll = dice.below(100);
    const early = this.holds.length === 0 && roll >= 50 && roll < 76;
    return early && dice.chance(0.9) ? 34 + dice.below(16) : roll;
  }

  private now(dice: Random): string {
    return instant(this.time - (dice.chance(0.1) ? dice.below(120) * MINUTE : 0));
  }

  /** Mostly a new id, sometimes one that was used for something. */
  private id(dice: Random): string {
    if (!dice.chance(0.9)) return `t${dice.below(this.made + 1)}`;
    this.made += 1;
    return `t${this.made}`;
  }

  private posting(dice: Random): Posting {
    const amount = dice.pick([
      1n,
      50n,
      99n,
      100n,
      101n,
      150n,
      200n,
      300n,
      dice.chance(0.03) ? 10n ** 15n : 2n,
    ]);
    if (dice.chance(0.15)) {
      const from = dice.pick(NAMES);
      const to = dice.pick([...NAMES, ...RAILS]);
      return { from, to, amount, currency: dice.pick(['EUR', 'EUR', 'KRW']) };
    }
    const from = dice.pick(ACCOUNTS);
    const currency = from === 'krw' ? 'KRW' : 'EUR';
    const others = currency === 'KRW' ? [] : ACCOUNTS.filter((id) => id !== from && id !== 'krw');
    const to = others.length === 0 || dice.chance(0.4) ? dice.pick(RAILS) : dice.pick(others);
    return dice.chance(0.55)
      ? { from: to, to: from, amount, currency }
      : { from, to, amount, currency };
  }

  private transact(dice: Random, pending: boolean): LedgerCommand {
    const count = dice.chance(0.7) ? 1 : 1 + dice.below(4);
    const postings = Array.from({ length: count }, () => this.posting(dice));
    const expiresAt = dice.chance(0.6)
      ? { expiresAt: instant(this.time + (dice.below(250) - 10) * MINUTE) }
      : {};
    const effective = this.time + (dice.below(200) - 170) * MINUTE;
    return withIdentity<Transact>({
      type: 'transact',
      kind: 'journal',
      transactionId: this.id(dice),
      keyed: dice.chance(0.2),
      postings,
      now: this.now(dice),
      ...(pending && { pending: expiresAt }),
      ...(dice.chance(0.15) && { effectiveAt: instant(effective) }),
    });
  }

  private held(dice: Random): Pick<Transact, 'transactionId' | 'postings'> {
    const recent = this.holds.slice(-3);
    if (recent.length > 0 && dice.chance(0.95)) return dice.pick(recent);
    return { transactionId: `t${dice.below(this.made + 1)}`, postings: [] };
  }

  private settling(dice: Random, originalId: string) {
    return { originalId, now: this.now(dice), keyed: dice.chance(0.2) };
  }

  private capturing(dice: Random) {
    const { transactionId, postings } = this.held(dice);
    return [this.amounts(dice, postings), this.settling(dice, transactionId)] as const;
  }

  private amounts(dice: Random, postings: readonly Posting[]): Capture['amounts'] {
    if (dice.chance(0.3)) return 'rest';
    if (dice.chance(0.1)) return { only: dice.pick(DECIMALS) };
    const count = dice.chance(0.05) ? 1 + dice.below(4) : postings.length;
    const texts = Array.from({ length: count }, (_, index) => {
      const { amount, currency } = postings[index] ?? { amount: 1n, currency: 'EUR' };
      if (dice.chance(0.04)) return dice.pick(DECIMALS);
      const part = (amount * BigInt(dice.pick([0, 1, 2, 2, 4, 5]))) / 4n;
      if (currency === 'KRW') return String(part);
      return `${part / 100n}.${String(part % 100n).padStart(2, '0')}`;
    });
    const [only] = texts;
    return texts.length === 1 && only !== undefined && dice.chance(0.5) ? { only } : texts;
  }

  private reversal(dice: Random): LedgerCommand {
    const originalId = this.reversible(dice);
    this.reversed.push(originalId);
    const forced = dice.chance(0.25) ? { forced: { reason: 'case 7' } } : {};
    return reverse(this.id(dice), originalId, { ...this.settling(dice, originalId), ...forced });
  }

  /** Mostly what was posted lately, sometimes a hold, or what was to be reversed before. */
  private reversible(dice: Random): string {
    const kind = dice.below(20);
    const of = kind < 14 ? this.settled.slice(-4) : kind < 17 ? this.reversed : this.heldIds();
    return of.length > 0 ? dice.pick(of) : 'd1';
  }

  private heldIds(): readonly string[] {
    return this.holds.map(({ transactionId }) => transactionId);
  }

  private account(dice: Random): LedgerCommand {
    const id = dice.chance(0.9) ? dice.pick(ACCOUNTS) : dice.pick(NAMES);
    const now = this.now(dice);
    const more = dice.chance(0.3)
      ? { now, requestId: dice.pick(['t1', 'k1', 'k2', 'k3']) }
      : { now };
    const what = dice.below(16);
    if (what < 1) return open(id, dice.pick(['EUR', 'KRW']), { ...more, overdraftLimit: 0n });
    if (what < 3) return freeze(id, dice.pick(['all', 'debits']), more);
    if (what < 6) return unfreeze(id, more);
    if (what < 7) return close(id, more);
    const limit = () => (dice.chance(0.3) ? null : dice.pick(DECIMALS));
    return change(id, {
      ...more,
      ...(dice.chance(0.3) && { overdraftLimit: dice.pick([...DECIMALS, 'unlimited']) }),
      ...(dice.chance(0.8) && {
        limits: {
          ...(dice.chance(0.5) && { perTransaction: limit() }),
          ...(dice.chance(0.5) && { perDay: limit() }),
          ...(dice.chance(0.3) && { minimumBalance: limit() }),
        },
      }),
      ...(dice.chance(0.2) && { details: { name: dice.pick(['A', 'B']) } }),
    });
  }
}
