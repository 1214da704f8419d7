import type { Instant } from '@daybook/kernel';
import type { TransactionKind, TransactionStatusView } from '@daybook/ledger-contracts';
import { transactionList, type TransactionConditions } from '@daybook/read-store-mongo';
import { Args, Context, Query, Resolver } from '@nestjs/graphql';
import { boundedList } from '../answers/filter-values';
import type { MomentArguments, RequestMoments } from '../answers/request-moments';
import { connection } from '../paging/connection';
import { transactionListKey } from '../paging/list-key';
import { type PageArguments, pageWindow } from '../paging/page-arguments';
import { TransactionNode, transactionNode } from './transaction-node';

interface TransactionFilter {
  readonly ids?: readonly string[] | null;
  readonly account?: string | null;
  readonly currency?: string | null;
  readonly kind?: readonly string[] | null;
  readonly status?: readonly string[] | null;
  readonly effectiveFrom?: Instant | null;
  readonly effectiveTo?: Instant | null;
}

type TransactionsArguments = PageArguments &
  MomentArguments & { readonly filter?: TransactionFilter | null };

/** The root fields `transaction` and `transactions`. */
@Resolver()
export class TransactionsResolver {
  @Query()
  async transaction(
    @Args() { id, minPosition }: { id: string; minPosition?: string | null },
    @Context('moments') moments: RequestMoments,
  ) {
    return transactionNode(await moments.at({ minPosition: minPosition ?? null }), id);
  }

  @Query()
  async transactions(
    @Args() args: TransactionsArguments,
    @Context('moments') moments: RequestMoments,
  ) {
    const window = pageWindow(args, transactionListKey);
    const conditions = conditionsOf(args.filter ?? {});
    const reader = await moments.at(args);
    const list = await transactionList(reader.ledger, conditions);
    return connection(
      await list.page(window),
      transactionListKey,
      (transaction) => new TransactionNode(reader, transaction),
      () => list.count(),
    );
  }
}

function conditionsOf(filter: TransactionFilter): TransactionConditions {
  const kind = boundedList('kind', filter.kind)?.map((name) => name.toLowerCase());
  const status = boundedList('status', filter.status)?.map((name) => name.toLowerCase());
  return {
    ids: boundedList('ids', filter.ids),
    account: filter.account ?? undefined,
    currency: filter.currency ?? undefined,
    kind: kind as TransactionKind[] | undefined,
    status: status as TransactionStatusView[] | undefined,
    // Finer than a millisecond means the next one, at both ends.
    effective: { from: filter.effectiveFrom?.ceiling, to: filter.effectiveTo?.ceiling },
  };
}
