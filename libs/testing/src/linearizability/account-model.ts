import type { Operation } from './checker';

/** One account as its clients saw it: an amount in, out, or refused, and the balance told. */
export interface AccountObservation {
  readonly name: string;
  readonly invokedAt: number;
  readonly answeredAt: number;
  /** Signed change in minor units. */
  readonly change: bigint;
  /** `unknown`: the client never learned. */
  readonly answer: 'accepted' | 'refused' | 'unknown';
  /** The balance that the answer states, of an accepted one. */
  readonly balanceAfter?: bigint;
}

/** What an account without overdraft allows: a refusal only where the money is not there. */
export function accountOperation(seen: AccountObservation): Operation<bigint> {
  const { name, invokedAt, change, answer, balanceAfter } = seen;
  return {
    name,
    invokedAt,
    answeredAt: answer === 'unknown' ? Infinity : seen.answeredAt,
    outcome: answer === 'unknown' ? 'unknown' : 'certain',
    apply(balance) {
      const after = balance + change;
      if (answer === 'refused') return after < 0n ? balance : undefined;
      if (after < 0n) return undefined;
      return balanceAfter === undefined || balanceAfter === after ? after : undefined;
    },
  };
}
