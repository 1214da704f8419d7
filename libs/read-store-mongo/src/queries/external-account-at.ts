import type { ExternalAccountView } from '@daybook/ledger-contracts';
import { wideAmount } from '../wide-amount';
import type { AccountAt } from './account-at';
import type { LedgerAt } from './ledger-at';
import { QUERY_TIME_MS_MAX } from './query-limits';

/** A rail has several currencies, so its name alone names no account. */
export class AmbiguousRail extends Error {
  readonly code = 'AmbiguousRail';
  readonly retryable = false;

  constructor(readonly accounts: readonly string[]) {
    super(`this rail has several currencies: name one of ${accounts.join(', ')}`);
  }
}

/** External accounts that exist at the moment: of a rail, of one full name, or all of them. */
export async function externalAccountsAt(
  ledger: LedgerAt,
  which: { readonly rail?: string; readonly account?: string } = {},
): Promise<AccountAt[]> {
  const shares = await ledger.views
    .collection('external_accounts')
    .find(
      { ...which, firstPosition: { $lte: ledger.moment.position } },
      { maxTimeMS: QUERY_TIME_MS_MAX },
    )
    .toArray();
  const byAccount = new Map<string, ExternalAccountView[]>();
  for (const share of shares) {
    const others = byAccount.get(share.account);
    if (others) others.push(share);
    else byAccount.set(share.account, [share]);
  }
  return [...byAccount]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, parts]) => toAccount(id, parts, ledger.moment.position));
}

/** The external account called `@rail:CUR`, or `@rail` when it has one currency. */
export async function externalAccountAt(
  ledger: LedgerAt,
  name: string,
): Promise<AccountAt | undefined> {
  const found = await externalAccountsAt(
    ledger,
    name.includes(':') ? { account: name } : { rail: name },
  );
  if (found.length > 1) throw new AmbiguousRail(found.map(({ id }) => id));
  return found[0];
}

function toAccount(id: string, parts: readonly ExternalAccountView[], position: bigint): AccountAt {
  return {
    id,
    external: true,
    currency: (parts[0] as ExternalAccountView).currency,
    name: null,
    status: 'open',
    overdraftLimit: null,
    openedAt: null,
    shares: parts.map((part) => ({
      series: part._id,
      end:
        part.position <= position
          ? { balanceAfter: wideAmount(part.balance), effectiveMax: part.effectiveMax.getTime() }
          : undefined,
    })),
    newest: undefined,
  };
}
