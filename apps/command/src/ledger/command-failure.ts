import { CommandError, StoreError } from '@daybook/event-store';
import type { LedgerCommand } from '@daybook/ledger-domain';

/** A command that has no firm answer: why, and by which identity it can be looked up. */
export class CommandFailure extends Error {
  private constructor(
    override readonly cause: CommandError | StoreError,
    /** The transaction or account that it would have made. */
    readonly subject:
      { readonly transactionId: string } | { readonly accountId: string } | undefined,
    /** A repeat is the same command: its identity does not come from this server. */
    readonly repeatable: boolean,
  ) {
    super(cause.message);
    this.name = 'CommandFailure';
  }

  /**
   * The failure of a command, or of several that are all or none, or the error itself when it is
   * no operational one.
   */
  static of(error: unknown, ...commands: readonly LedgerCommand[]): unknown {
    if (!(error instanceof CommandError) && !(error instanceof StoreError)) return error;
    const command = tellingOf(commands);
    if (!command) return new CommandFailure(error, undefined, false);
    return new CommandFailure(error, subjectOf(command), isRepeatable(command));
  }
}

/**
 * The command that tells about all: one whose identity was made up here is there only if this
 * attempt was done, and forbids a repeat of them all.
 */
const tellingOf = (commands: readonly LedgerCommand[]): LedgerCommand | undefined =>
  commands.find((command) => !isRepeatable(command)) ??
  commands.find((command) => 'transactionId' in command) ??
  commands[0];

function subjectOf(command: LedgerCommand): CommandFailure['subject'] {
  if ('transactionId' in command) return { transactionId: command.transactionId };
  return { accountId: command.accountId };
}

/** An id that this server made up: not the client's, not derived from what the client named. */
const isMadeUp = (id: string): boolean => id.startsWith('_') && !id.startsWith('_key-');

/** False when the identity was made up here: the client's repeat would be another command. */
function isRepeatable(command: LedgerCommand): boolean {
  if (command.type === 'transact') return !isMadeUp(command.transactionId);
  return command.type !== 'openAccount' || !isMadeUp(command.accountId);
}
