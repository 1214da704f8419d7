import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Ledger } from '../ledger/ledger';
import { Transfer, transfer } from './transfer.use-case';

@CommandHandler(Transfer)
export class TransferHandler implements ICommandHandler<Transfer> {
  constructor(private readonly ledger: Ledger) {}

  execute({ input, context }: Transfer) {
    return this.ledger.run(transfer.command(input, context), context);
  }
}
