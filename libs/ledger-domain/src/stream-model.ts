import { decodeEvent, encodeEvent } from '@daybook/ledger-contracts';
import { ledgerPacking } from './account-packing';
import { accountSnapshots } from './account-snapshot';
import { evolveLedger } from './evolve-ledger';
import type { LedgerState } from './operation';

/** About what a state's objects take in memory, besides what grows with its content. */
const STATE_BYTES = 500;
const POSTING_BYTES = 300;

function weigh(state: LedgerState): number {
  if (state.of !== 'transaction') return STATE_BYTES;
  const { postings, recorded } = state;
  return STATE_BYTES + (postings.length + recorded.balances.length) * POSTING_BYTES;
}

/** How the ledger's streams are folded, stored, kept in memory and in snapshots. Pure. */
export const ledgerModel = {
  evolve: evolveLedger,
  encode: encodeEvent,
  decode: decodeEvent,
  weigh,
  snapshots: accountSnapshots,
  packing: ledgerPacking,
} as const;
