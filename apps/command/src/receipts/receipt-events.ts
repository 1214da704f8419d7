import { UnreadableEvent, identity, instant, personal } from '@daybook/ledger-contracts';
import { z } from 'zod';

/**
 * The events of `command-<id>`: a command that was accepted before it was decided, and its refusal.
 * A success has none: the ledger's own records tell it. Their names are the storage format.
 */
export const receiptEvents = {
  CommandReceived: z.strictObject({
    commandId: z.string(),
    operation: z.string(),
    /** The id of its path; empty where it has none. */
    id: z.string(),
    /** The body as it was sent, but for free text. */
    body: z.record(z.string(), z.unknown()),
    personal: personal.optional(),
    /** The id derived from its `Idempotency-Key`. */
    keyId: z.string().optional(),
    identity,
    at: instant,
  }),
  CommandRejected: z.strictObject({
    commandId: z.string(),
    /** The problem that its own route would have answered with. */
    problem: z.record(z.string(), z.unknown()),
    at: instant,
  }),
} as const;

export type CommandReceived = z.infer<(typeof receiptEvents)['CommandReceived']>;
export type CommandRejected = z.infer<(typeof receiptEvents)['CommandRejected']>;

export type ReceiptEvent =
  | { readonly type: 'CommandReceived'; readonly data: CommandReceived }
  | { readonly type: 'CommandRejected'; readonly data: CommandRejected };

export const isReceiptType = (type: string): type is ReceiptEvent['type'] =>
  Object.hasOwn(receiptEvents, type);

const SCHEMA = '1';

/** A receipt's event as it is stored. */
export const encodeReceipt = ({ type, data }: ReceiptEvent) => ({ type, data, schema: SCHEMA });

/** Reads a stored receipt; fails closed on a version or a shape that it does not know. */
export function decodeReceipt(stored: {
  readonly type: string;
  readonly data: unknown;
  readonly metadata: Readonly<Record<string, unknown>>;
}): ReceiptEvent {
  const { type, data, metadata } = stored;
  if (!isReceiptType(type)) throw new UnreadableEvent('unknown-type', type, 'no receipt');
  if (metadata['schema'] !== SCHEMA) {
    throw new UnreadableEvent('unknown-version', type, String(metadata['schema']));
  }
  const parsed = receiptEvents[type].safeParse(data);
  if (!parsed.success) throw new UnreadableEvent('malformed', type, parsed.error.message);
  return { type, data: parsed.data } as ReceiptEvent;
}
