import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Ledger } from '../ledger/ledger';
import { ChangeAccount, changeAccount } from './change-account.use-case';

@CommandHandler(ChangeAccount)
export class ChangeAccountHandler implements ICommandHandler<ChangeAccount> {
  constructor(private readonly ledger: Ledger) {}

  execute({ input, context }: ChangeAccount) {
    return this.ledger.run(changeAccount.command(input, context), context);
  }
}
