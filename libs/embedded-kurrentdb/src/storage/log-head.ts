import type { BinaryDatabase } from '@daybook/embedded-store';
import { firstPosition } from './layout';

/** Where the log and its index stand after a group; written with every group. */
export interface LogHead {
  /** The first position behind everything written. */
  readonly nextPosition: number;
  readonly nextStream: number;
  /** Events ever written, scavenged ones included. */
  readonly eventCount: number;
  readonly clockMs: number;
  /** Streams' records are in their database with what was written before this position. */
  readonly savedTo: number;
}

const headKey = Buffer.from('head');
const headBytes = 32;
const scratch = Buffer.alloc(headBytes);

/** The head of a store; of a new one when there is none. */
export function readHead(state: BinaryDatabase): LogHead {
  const head = state.getBinary(headKey);
  if (!head) {
    const start = firstPosition;
    return { nextPosition: start, nextStream: 1, eventCount: 0, clockMs: 0, savedTo: start };
  }
  return {
    nextPosition: head.readUIntBE(0, 6),
    nextStream: head.readUIntBE(6, 6),
    eventCount: head.readUIntBE(12, 6),
    clockMs: head.readDoubleBE(18),
    savedTo: head.readUIntBE(26, 6),
  };
}

/** Writes the head, inside a transaction. */
export function writeHead(state: BinaryDatabase, head: LogHead): void {
  scratch.writeUIntBE(head.nextPosition, 0, 6);
  scratch.writeUIntBE(head.nextStream, 6, 6);
  scratch.writeUIntBE(head.eventCount, 12, 6);
  scratch.writeDoubleBE(head.clockMs, 18);
  scratch.writeUIntBE(head.savedTo, 26, 6);
  state.putSync(headKey, scratch);
}
