import type { StreamModel } from '@daybook/event-store';
import { UnreadableEvent, type LedgerEvent } from '@daybook/ledger-contracts';
import { ledgerModel, type LedgerState } from '@daybook/ledger-domain';
import {
  decodeReceipt,
  encodeReceipt,
  isReceiptType,
  type CommandReceived,
  type CommandRejected,
  type ReceiptEvent,
} from './receipt-events';

/** What is known of an asynchronous command from its own stream. */
export interface ReceiptState {
  readonly of: 'receipt';
  readonly received: CommandReceived;
  readonly rejected: CommandRejected | undefined;
}

export type ServiceState = LedgerState | ReceiptState;
export type ServiceEvent = LedgerEvent | ReceiptEvent;

const RECEIPT_BYTES = 2_000;

function evolveReceipt(state: ServiceState | undefined, event: ReceiptEvent): ReceiptState {
  if (event.type === 'CommandReceived') {
    if (state) throw new UnreadableEvent('out-of-place', event.type, 'received twice');
    return { of: 'receipt', received: event.data, rejected: undefined };
  }
  if (state?.of !== 'receipt' || state.rejected) {
    throw new UnreadableEvent('out-of-place', event.type, 'there is nothing to reject');
  }
  return { ...state, rejected: event.data };
}

const isReceiptEvent = (event: ServiceEvent): event is ReceiptEvent => isReceiptType(event.type);

/** The ledger's streams and the receipts beside them, in one runner: so one append can check both. */
export const serviceModel: StreamModel<ServiceState, ServiceEvent> = {
  evolve: (state, event) =>
    isReceiptEvent(event)
      ? evolveReceipt(state, event)
      : ledgerModel.evolve(state as LedgerState | undefined, event),
  encode: (event) => (isReceiptEvent(event) ? encodeReceipt(event) : ledgerModel.encode(event)),
  decode: (record) =>
    isReceiptType(record.type) ? decodeReceipt(record) : ledgerModel.decode(record),
  weigh: (state) => (state.of === 'receipt' ? RECEIPT_BYTES : ledgerModel.weigh(state)),
  packing: {
    pack: (state) => (state.of === 'receipt' ? undefined : ledgerModel.packing.pack(state)),
    unpack: ledgerModel.packing.unpack,
  },
  snapshots: {
    ...ledgerModel.snapshots,
    encode: (state) => ledgerModel.snapshots.encode(state as LedgerState),
  },
};
