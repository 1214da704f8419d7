import { badInput } from './errors';

/** The position of an empty ledger, as it is answered: no record of a command lies at it. */
export const BEGINNING = 0n;

const POSITION_MAX = 2n ** 63n - 1n;

/** Reads a position as a command answered it; anything else is the client's mistake. */
export function parsePosition(text: string, source: string): bigint {
  const position = /^\d{1,19}$/.test(text) ? BigInt(text) : undefined;
  if (position === undefined || position > POSITION_MAX) {
    throw badInput(`${source} must be a position as a command answered it`);
  }
  return position;
}

/** A position as the API shows it; before the first record it is the beginning. */
export const positionAnswer = (position: bigint): string =>
  (position < BEGINNING ? BEGINNING : position).toString();
