import {
  type AccountAt,
  postedBalance,
  trialBalanceCount,
  trialBalancePage,
  trialBalanceTotals,
} from '@daybook/read-store-mongo';
import { Args, Context, Query, Resolver } from '@nestjs/graphql';
import type { MomentReader } from '../answers/moment-reader';
import { moneyAnswer } from '../answers/money';
import type { MomentArguments, RequestMoments } from '../answers/request-moments';
import { connection } from '../paging/connection';
import { trialBalanceKey } from '../paging/list-key';
import { type PageArguments, pageWindow } from '../paging/page-arguments';

type TrialBalanceArguments = Pick<PageArguments, 'first' | 'after'> & MomentArguments;

/** The root field `trialBalance`; lines and totals are read only when asked for. */
@Resolver()
export class TrialBalanceResolver {
  @Query()
  async trialBalance(
    @Args() { first, after, ...at }: TrialBalanceArguments,
    @Context('moments') moments: RequestMoments,
  ) {
    const window = pageWindow({ first: first ?? null, after: after ?? null }, trialBalanceKey);
    const reader = await moments.at(at);
    const { ledger, position, final } = reader;
    return {
      position,
      final,
      incomplete: async () => (await reader.quarantined()).size > 0,
      lines: async () =>
        connection(
          await trialBalancePage(ledger, window),
          trialBalanceKey,
          (account) => lineOf(reader, account),
          () => trialBalanceCount(ledger),
        ),
      totals: async () =>
        (await trialBalanceTotals(ledger)).map(({ currency, sum }) => ({
          currency,
          sum: moneyAnswer(sum, currency),
        })),
    };
  }
}

const lineOf = ({ ledger }: MomentReader, account: AccountAt) => ({
  account: account.id,
  balance: async () => moneyAnswer(await postedBalance(ledger, account), account.currency),
});
