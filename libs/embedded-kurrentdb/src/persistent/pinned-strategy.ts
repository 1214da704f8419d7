import type { Consumer } from './consumer';
import type { Choice, ConsumerStrategy } from './consumer-strategy';
import type { GroupMessage } from './group-message';

const bucketCount = 1_024;

interface Bucket<E> {
  owner: Consumer<E> | undefined;
  inFlight: number;
}

/**
 * Keeps related events at one consumer: their affinity is hashed into one of 1,024 buckets, and a
 * bucket belongs to one consumer until that goes or a new one takes its share.
 */
export class PinnedStrategy<E> implements ConsumerStrategy<E> {
  readonly #buckets: Bucket<E>[] = Array.from({ length: bucketCount }, () => ({
    owner: undefined,
    inFlight: 0,
  }));
  readonly #owned = new Map<Consumer<E>, number>();

  constructor(private readonly affinityOf: (message: GroupMessage<E>) => string) {}

  added(consumer: Consumer<E>): void {
    this.#owned.set(consumer, 0);
    const assigned = [...this.#owned.values()].reduce((sum, count) => sum + count, 0);
    const share = Math.ceil(assigned / this.#owned.size);
    for (const [other, count] of [...this.#owned]) {
      if (other !== consumer && count > share) this.#move(other, consumer, count - share);
    }
  }

  removed(consumer: Consumer<E>): void {
    this.#owned.delete(consumer);
    for (const bucket of this.#buckets) {
      if (bucket.owner !== consumer) continue;
      bucket.owner = undefined;
      bucket.inFlight = 0;
    }
  }

  choose(message: GroupMessage<E>): Choice<E> {
    if (![...this.#owned.keys()].some((consumer) => consumer.freeSlots > 0)) return 'full';
    const bucket = this.#bucketOf(message);
    bucket.owner ??= this.#leastLoaded();
    if (!bucket.owner) return 'full';
    return bucket.owner.freeSlots > 0 ? bucket.owner : 'busy';
  }

  sent(_consumer: Consumer<E>, message: GroupMessage<E>): void {
    this.#bucketOf(message).inFlight++;
  }

  confirmed(consumer: Consumer<E>, message: GroupMessage<E>): void {
    const bucket = this.#bucketOf(message);
    if (bucket.owner === consumer && bucket.inFlight > 0) bucket.inFlight--;
  }

  /** Buckets without unanswered events go first: moving a busy one can reorder its events. */
  #move(from: Consumer<E>, to: Consumer<E>, count: number): void {
    const candidates = this.#buckets.filter((bucket) => bucket.owner === from);
    candidates.sort((a, b) => a.inFlight - b.inFlight);
    for (const bucket of candidates.slice(0, count)) {
      bucket.owner = to;
      bucket.inFlight = 0;
    }
    this.#owned.set(from, candidates.length - Math.min(count, candidates.length));
    this.#owned.set(to, (this.#owned.get(to) ?? 0) + Math.min(count, candidates.length));
  }

  #leastLoaded(): Consumer<E> | undefined {
    let least: Consumer<E> | undefined;
    let leastCount = Infinity;
    for (const [consumer, count] of this.#owned) {
      if (count >= leastCount) continue;
      least = consumer;
      leastCount = count;
    }
    if (least) this.#owned.set(least, leastCount + 1);
    return least;
  }

  #bucketOf(message: GroupMessage<E>): Bucket<E> {
    const bucket = this.#buckets[hashOf(this.affinityOf(message)) % bucketCount];
    if (!bucket) throw new Error('a hash outside its buckets');
    return bucket;
  }
}

/** FNV-1a over UTF-16 units: stable, and good enough to spread stream names. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  return hash >>> 0;
}
