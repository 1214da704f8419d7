import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Ledger } from '../ledger/ledger';
import { VoidHold, voidHold } from './void.use-case';

@CommandHandler(VoidHold)
export class VoidHoldHandler implements ICommandHandler<VoidHold> {
  constructor(private readonly ledger: Ledger) {}

  execute({ input, context }: VoidHold) {
    return this.ledger.run(voidHold.command(input, context), context);
  }
}
