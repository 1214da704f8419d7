import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Ledger } from '../ledger/ledger';
import { Reverse, reverse } from './reverse.use-case';

@CommandHandler(Reverse)
export class ReverseHandler implements ICommandHandler<Reverse> {
  constructor(private readonly ledger: Ledger) {}

  execute({ input, context }: Reverse) {
    return this.ledger.run(reverse.command(input, context), context);
  }
}
