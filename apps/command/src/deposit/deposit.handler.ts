import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Ledger } from '../ledger/ledger';
import { Deposit, deposit } from './deposit.use-case';

@CommandHandler(Deposit)
export class DepositHandler implements ICommandHandler<Deposit> {
  constructor(private readonly ledger: Ledger) {}

  execute({ input, context }: Deposit) {
    return this.ledger.run(deposit.command(input, context), context);
  }
}
