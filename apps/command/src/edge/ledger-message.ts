import { Command } from '@nestjs/cqrs';
import type { CommandResult } from '../ledger/command-result';
import type { CommandContext, Input } from './use-case';

/** A parsed request on its way to its handler through Nest's command bus. */
export abstract class LedgerMessage<Body extends object> extends Command<CommandResult> {
  constructor(
    readonly input: Input<Body>,
    readonly context: CommandContext,
  ) {
    super();
  }
}
