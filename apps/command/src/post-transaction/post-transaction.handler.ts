import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Ledger } from '../ledger/ledger';
import { PostTransaction, postTransaction } from './post-transaction.use-case';

@CommandHandler(PostTransaction)
export class PostTransactionHandler implements ICommandHandler<PostTransaction> {
  constructor(private readonly ledger: Ledger) {}

  execute({ input, context }: PostTransaction) {
    return this.ledger.run(postTransaction.command(input, context), context);
  }
}
