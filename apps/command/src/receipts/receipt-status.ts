import type { LedgerAnswer } from '@daybook/ledger-domain';
import { z } from 'zod';
import { accountAnswer, problemAnswer, transactionAnswer } from '../docs/answer-schemas';

/** Where an asynchronous command has got to, as clients see it. */
export const receiptAnswer = z.strictObject({
  commandId: z.string(),
  operation: z.string(),
  status: z.enum(['accepted', 'committed', 'projected', 'rejected']),
  position: z.string(),
  answer: z
    .union([transactionAnswer, accountAnswer])
    .optional()
    .meta({ description: 'What its own route would have answered; once it is committed' }),
  problem: problemAnswer
    .optional()
    .meta({ description: 'What its own route would have answered; when it was rejected' }),
});

export type ReceiptAnswer = z.output<typeof receiptAnswer>;

/** What the streams tell of a receipt; only the read side knows of `projected`. */
export type ReceiptStanding =
  | { readonly status: 'unknown' }
  | { readonly status: 'accepted'; readonly operation: string }
  | {
      readonly status: 'committed';
      readonly operation: string;
      readonly answer: LedgerAnswer;
      /** The stream whose first record tells of the success, once it is there. */
      readonly toldBy: string | undefined;
    }
  | {
      readonly status: 'rejected';
      readonly operation: string;
      readonly problem: Readonly<Record<string, unknown>>;
    };
