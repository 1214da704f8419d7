import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Ledger } from '../ledger/ledger';
import { Capture, capture } from './capture.use-case';

@CommandHandler(Capture)
export class CaptureHandler implements ICommandHandler<Capture> {
  constructor(private readonly ledger: Ledger) {}

  execute({ input, context }: Capture) {
    return this.ledger.run(capture.command(input, context), context);
  }
}
