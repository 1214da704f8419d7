import type { AccountStatusView } from '@daybook/ledger-contracts';
import { type AccountConditions, accountCount, accountPage } from '@daybook/read-store-mongo';
import { Args, Context, Query, Resolver } from '@nestjs/graphql';
import { boundedList } from '../answers/filter-values';
import type { MomentArguments, RequestMoments } from '../answers/request-moments';
import { connection } from '../paging/connection';
import { accountKey } from '../paging/list-key';
import { type PageArguments, pageWindow } from '../paging/page-arguments';
import { AccountNode } from './account-node';

interface AccountFilter {
  readonly ids?: readonly string[] | null;
  readonly currency?: string | null;
  readonly status?: readonly string[] | null;
  readonly ownerId?: string | null;
}

type AccountsArguments = PageArguments &
  MomentArguments & { readonly filter?: AccountFilter | null };

/** The root fields `account` and `accounts`. */
@Resolver()
export class AccountsResolver {
  @Query()
  async account(
    @Args() { id, ...at }: MomentArguments & { id: string },
    @Context('moments') moments: RequestMoments,
  ) {
    const reader = await moments.at(at);
    const account = await reader.account(id);
    return account ? new AccountNode(reader, account) : null;
  }

  @Query()
  async accounts(@Args() args: AccountsArguments, @Context('moments') moments: RequestMoments) {
    const window = pageWindow(args, accountKey);
    const conditions = conditionsOf(args.filter ?? {});
    const reader = await moments.at(args);
    return connection(
      await accountPage(reader.ledger, conditions, window),
      accountKey,
      (account) => new AccountNode(reader, account),
      () => accountCount(reader.ledger, conditions),
    );
  }
}

function conditionsOf(filter: AccountFilter): AccountConditions {
  const status = boundedList('status', filter.status)?.map((name) => name.toLowerCase());
  return {
    ids: boundedList('ids', filter.ids),
    currency: filter.currency ?? undefined,
    ownerId: filter.ownerId ?? undefined,
    status: status as AccountStatusView[] | undefined,
  };
}
