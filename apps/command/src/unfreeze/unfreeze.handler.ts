import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Ledger } from '../ledger/ledger';
import { Unfreeze, unfreeze } from './unfreeze.use-case';

@CommandHandler(Unfreeze)
export class UnfreezeHandler implements ICommandHandler<Unfreeze> {
  constructor(private readonly ledger: Ledger) {}

  execute({ input, context }: Unfreeze) {
    return this.ledger.run(unfreeze.command(input, context), context);
  }
}
