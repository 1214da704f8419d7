import { formatMoney } from '@daybook/kernel';

/** Money as the API shows it. */
export interface MoneyAnswer {
  readonly amount: string;
  readonly minorUnits: string;
  readonly currency: string;
}

/** Minor units as the API shows them. */
export const moneyAnswer = (minorUnits: bigint, currency: string): MoneyAnswer => ({
  amount: formatMoney({ minorUnits, currency }),
  minorUnits: minorUnits.toString(),
  currency,
});
