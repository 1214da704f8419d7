import type { Instant } from '@daybook/kernel';
import { ledgerAsOf, type LiveLedger, type Newest, type Times } from '@daybook/read-store-mongo';
import { MomentReader } from './moment-reader';
import { BEGINNING, parsePosition } from './position';

/** What a root field says about the moment of its answer. */
export interface MomentArguments {
  readonly asOf?: Instant | null;
  readonly knownAt?: Instant | null;
  readonly minPosition?: string | null;
}

/** The header that every root field of a request heeds, beside its own `minPosition`. */
export const MIN_POSITION_HEADER = 'daybook-min-position';

/**
 * Readers by the reading of the views they stand on, then by their times. What is true at a moment
 * never changes, so requests that came together share its reads; the next reading has its own.
 */
const readers = new WeakMap<Newest, Map<string, Promise<MomentReader>>>();

function readerAt(newest: Newest, times: Times): Promise<MomentReader> {
  const known = readers.get(newest) ?? new Map<string, Promise<MomentReader>>();
  readers.set(newest, known);
  const key = `${times.asOf} ${times.knownAt}`;
  let reader = known.get(key);
  if (!reader) {
    reader = ledgerAsOf(newest, times).then((ledger) => new MomentReader(ledger));
    known.set(key, reader);
  }
  return reader;
}

/** The moments of one request: all root fields that wait for one position stand at one, too. */
export class RequestMoments {
  readonly #newest = new Map<bigint, Promise<Newest>>();

  constructor(
    private readonly live: LiveLedger,
    private readonly waitMs: number,
    private readonly header: string | undefined,
  ) {}

  /** The reader for a root field. Refuses a malformed position, and one not reached in time. */
  async at({ asOf, knownAt, minPosition }: MomentArguments): Promise<MomentReader> {
    const newest = await this.#reaching(this.#least(minPosition ?? undefined));
    return readerAt(newest, { asOf: asOf?.floor ?? null, knownAt: knownAt?.floor ?? null });
  }

  #least(argument: string | undefined): bigint {
    const positions = [
      this.header === undefined ? BEGINNING : parsePosition(this.header, 'Daybook-Min-Position'),
      argument === undefined ? BEGINNING : parsePosition(argument, 'minPosition'),
    ];
    return positions.reduce((high, position) => (position > high ? position : high));
  }

  #reaching(position: bigint): Promise<Newest> {
    let newest = this.#newest.get(position);
    if (!newest) {
      newest =
        position <= BEGINNING ? this.live.newest() : this.live.reaching(position, this.waitMs);
      this.#newest.set(position, newest);
    }
    return newest;
  }
}
