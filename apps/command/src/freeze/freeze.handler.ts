import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Ledger } from '../ledger/ledger';
import { Freeze, freeze } from './freeze.use-case';

@CommandHandler(Freeze)
export class FreezeHandler implements ICommandHandler<Freeze> {
  constructor(private readonly ledger: Ledger) {}

  execute({ input, context }: Freeze) {
    return this.ledger.run(freeze.command(input, context), context);
  }
}
