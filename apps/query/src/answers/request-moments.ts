import { ledgerAsOf, type LiveLedger, type Newest } from '@daybook/read-store-mongo';
import type { Instant } from '../schema/instant';
import { MomentReader } from './moment-reader';
import { parsePosition } from './position';

/** What a root field says about the moment of its answer. */
export interface MomentArguments {
  readonly asOf?: Instant | null;
  readonly knownAt?: Instant | null;
  readonly minPosition?: string | null;
}

/** The header that every root field of a request heeds, beside its own `minPosition`. */
export const MIN_POSITION_HEADER = 'daybook-min-position';

/**
 * The moments of one request. Root fields that ask for the same moment share its reads, and all
 * that wait for the same position are answered at the same one.
 */
export class RequestMoments {
  readonly #newest = new Map<bigint, Promise<Newest>>();
  readonly #readers = new Map<string, Promise<MomentReader>>();

  constructor(
    private readonly live: LiveLedger,
    private readonly waitMs: number,
    private readonly header: string | undefined,
  ) {}

  /** The reader for a root field. Refuses a malformed position, and one not reached in time. */
  async at({ asOf, knownAt, minPosition }: MomentArguments): Promise<MomentReader> {
    const least = this.#least(minPosition ?? undefined);
    const times = { asOf: asOf?.floor ?? null, knownAt: knownAt?.floor ?? null };
    const key = `${times.asOf} ${times.knownAt} ${least}`;
    const known = this.#readers.get(key);
    if (known) return known;
    const reader = this.#reaching(least)
      .then((newest) => ledgerAsOf(newest, times))
      .then((ledger) => new MomentReader(ledger));
    this.#readers.set(key, reader);
    return reader;
  }

  #least(argument: string | undefined): bigint {
    const positions = [
      this.header === undefined ? -1n : parsePosition(this.header, 'Daybook-Min-Position'),
      argument === undefined ? -1n : parsePosition(argument, 'minPosition'),
    ];
    return positions.reduce((high, position) => (position > high ? position : high));
  }

  #reaching(position: bigint): Promise<Newest> {
    let newest = this.#newest.get(position);
    if (!newest) {
      newest = position < 0n ? this.live.newest() : this.live.reaching(position, this.waitMs);
      this.#newest.set(position, newest);
    }
    return newest;
  }
}
