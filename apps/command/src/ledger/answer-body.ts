import { formatStoredMoney } from '@daybook/kernel';
import type { StoredBalance } from '@daybook/ledger-contracts';
import type { AccountAnswer, LedgerAnswer, TransactionAnswer } from '@daybook/ledger-domain';

type Body = Readonly<Record<string, unknown>>;

/** An answer as clients see it: amounts as decimals of their currency, `null`: unlimited. */
export function answerBody(answer: LedgerAnswer): Body {
  return 'transactionId' in answer
    ? transactionBody(answer as TransactionAnswer)
    : accountBody(answer as AccountAnswer);
}

function transactionBody(answer: TransactionAnswer): Body {
  const { transactionId, refersTo, status, balances } = answer;
  return { transactionId, refersTo, status, balances: balances.map(balanceBody) };
}

function balanceBody({ accountId, currency, posted, held, available }: StoredBalance): Body {
  return {
    accountId,
    posted: formatStoredMoney(posted, currency),
    held: formatStoredMoney(held, currency),
    available: available === null ? null : formatStoredMoney(available, currency),
    currency,
  };
}

function accountBody({ limits, ...answer }: AccountAnswer): Body {
  const { currency, overdraftLimit } = answer as { currency?: string; overdraftLimit?: unknown };
  if (currency === undefined) return answer;
  const amount = (value: unknown) =>
    typeof value === 'string' ? formatStoredMoney(value, currency) : value;
  return {
    ...answer,
    overdraftLimit: overdraftLimit === null ? 'unlimited' : amount(overdraftLimit),
    limits: Object.fromEntries(
      Object.entries(limits ?? {}).map(([name, value]) => [name, amount(value)]),
    ),
  };
}
