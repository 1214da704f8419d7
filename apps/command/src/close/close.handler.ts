import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Ledger } from '../ledger/ledger';
import { Close, close } from './close.use-case';

@CommandHandler(Close)
export class CloseHandler implements ICommandHandler<Close> {
  constructor(private readonly ledger: Ledger) {}

  execute({ input, context }: Close) {
    return this.ledger.run(close.command(input, context), context);
  }
}
