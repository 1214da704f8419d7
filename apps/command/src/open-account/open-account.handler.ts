import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Ledger } from '../ledger/ledger';
import { OpenAccount, openAccount } from './open-account.use-case';

@CommandHandler(OpenAccount)
export class OpenAccountHandler implements ICommandHandler<OpenAccount> {
  constructor(private readonly ledger: Ledger) {}

  execute({ input, context }: OpenAccount) {
    return this.ledger.run(openAccount.command(input, context), context);
  }
}
