import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Ledger } from '../ledger/ledger';
import { Withdraw, withdraw } from './withdraw.use-case';

@CommandHandler(Withdraw)
export class WithdrawHandler implements ICommandHandler<Withdraw> {
  constructor(private readonly ledger: Ledger) {}

  execute({ input, context }: Withdraw) {
    return this.ledger.run(withdraw.command(input, context), context);
  }
}
