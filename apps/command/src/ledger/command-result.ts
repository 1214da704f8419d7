import type { LedgerRejection } from '@daybook/ledger-domain';

/** A command's firm answer. */
export type CommandResult =
  | {
      readonly accepted: true;
      /** First: it took effect now. Replayed: it had before. Unchanged: it was so already. */
      readonly outcome: 'first' | 'replayed' | 'unchanged' | 'dry-run';
      /** The answer's body but for `position`, amounts as decimal strings. */
      readonly body: Readonly<Record<string, unknown>>;
      readonly position: string;
    }
  | { readonly accepted: false; readonly rejection: LedgerRejection };

/** An atomic batch's firm answer: of every command, or the first refusal and whose it was. */
export type BatchResult =
  | { readonly accepted: true; readonly results: readonly CommandResult[] }
  | { readonly accepted: false; readonly index: number; readonly rejection: LedgerRejection };
