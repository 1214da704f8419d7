import type { Consumer } from './consumer';
import type { ConsumerStrategyName } from './group-settings';
import type { GroupMessage } from './group-message';
import { PinnedStrategy } from './pinned-strategy';

/**
 * Where a message may go now: to a consumer; nowhere, because nobody has a free slot ('full'); or
 * not yet, because the consumer it belongs to is busy while others are free ('busy').
 */
export type Choice<E> = Consumer<E> | 'full' | 'busy';

/** Chooses the consumer of each message. It never sends: the group does. */
export interface ConsumerStrategy<E> {
  added(consumer: Consumer<E>): void;
  removed(consumer: Consumer<E>): void;
  choose(message: GroupMessage<E>): Choice<E>;
  sent(consumer: Consumer<E>, message: GroupMessage<E>): void;
  confirmed(consumer: Consumer<E>, message: GroupMessage<E>): void;
}

/** Reads from an event the text by which pinned strategies keep events together. */
export type AffinityOf<E> = (event: E, strategy: ConsumerStrategyName) => string;

/** Every consumer in turn, as long as it has a free slot. */
class RoundRobin<E> implements ConsumerStrategy<E> {
  protected queue: Consumer<E>[] = [];

  added(consumer: Consumer<E>): void {
    this.queue.push(consumer);
  }

  removed(consumer: Consumer<E>): void {
    this.queue = this.queue.filter((other) => other !== consumer);
  }

  choose(_message: GroupMessage<E>): Choice<E> {
    const index = this.queue.findIndex((consumer) => consumer.freeSlots > 0);
    const chosen = this.queue[index];
    if (!chosen) return 'full';
    this.queue = this.turned(index);
    return chosen;
  }

  sent(): void {}
  confirmed(): void {}

  /** The queue after the consumer at this index was served: it goes behind the others. */
  protected turned(index: number): Consumer<E>[] {
    return [...this.queue.slice(index + 1), ...this.queue.slice(0, index + 1)];
  }
}

/** One consumer until it is full, then the next. */
class DispatchToSingle<E> extends RoundRobin<E> {
  protected override turned(index: number): Consumer<E>[] {
    return [...this.queue.slice(index), ...this.queue.slice(0, index)];
  }
}

/** A fresh strategy of that name. */
export function makeStrategy<E>(
  name: ConsumerStrategyName,
  affinityOf: AffinityOf<E>,
): ConsumerStrategy<E> {
  switch (name) {
    case 'RoundRobin':
      return new RoundRobin<E>();
    case 'DispatchToSingle':
      return new DispatchToSingle<E>();
    case 'Pinned':
    case 'PinnedByCorrelation':
      return new PinnedStrategy<E>((message) => affinityOf(message.event, name));
  }
}
