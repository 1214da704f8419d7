import { MAX_BALANCE } from '@daybook/kernel';
import { accountStream } from '@daybook/ledger-contracts';
import fc from 'fast-check';
import type { MemoryLedger } from '../given/memory-ledger.fixture';
import { NOON, open } from '../given/phrases.fixture';
import { operationOf } from '../operation-of';
import type { ModelLedger } from './model-ledger.fixture';

const NEAR = MAX_BALANCE - 250n;

/** What the account without a limit begins with: mostly nothing, else near the bounds. */
export const wealths: fc.Arbitrary<bigint> = fc.constantFrom(0n, 0n, 0n, 0n, 0n, 0n, NEAR, -NEAR);

/** Opens an account with a balance that took thousands of postings, without making them. */
export function endow(ledger: MemoryLedger, model: ModelLedger, wealth: bigint): void {
  if (wealth === 0n) return;
  const [accountId, currency] = ['c', 'EUR'];
  const opening = open(accountId, currency, { overdraftLimit: null });
  model.run(opening);
  ledger.run(operationOf(opening));
  model.endow(accountId, wealth);
  const leg = { transactionId: 'w1', posting: 0, kind: 'reversal', counterparty: '@bank' } as const;
  const amount = String(wealth < 0n ? -wealth : wealth);
  const after = { balanceAfter: String(wealth), heldAfter: '0', at: NOON };
  ledger.write([
    {
      stream: accountStream(accountId),
      type: wealth < 0n ? 'AccountDebited' : 'AccountCredited',
      data: { accountId, currency, amount, ...leg, ...after },
    },
  ]);
}
