import type { GroupMessage } from './group-message';
import { ResponseTimes } from './response-times';

/** Who a consumer is, as shown in the group's information. */
export interface ConsumerIdentity {
  readonly id: string;
  readonly connectionName: string;
  readonly user: string;
  /** How many unanswered events it takes at once. */
  readonly maxInFlight: number;
}

/** One connected consumer: what it was sent and has not answered yet. */
export class Consumer<E> {
  readonly unconfirmed = new Map<string, GroupMessage<E>>();
  readonly times: ResponseTimes | undefined;
  totalItems = 0;
  itemsAtLastMeasurement = 0;

  constructor(
    readonly identity: ConsumerIdentity,
    extraStatistics: boolean,
  ) {
    this.times = extraStatistics ? new ResponseTimes() : undefined;
  }

  get freeSlots(): number {
    return Math.max(0, this.identity.maxInFlight - this.unconfirmed.size);
  }

  /** Takes a message when a slot is free. */
  take(message: GroupMessage<E>, now: number): boolean {
    if (this.freeSlots === 0) return false;
    this.unconfirmed.set(message.id, message);
    this.totalItems++;
    this.times?.started(message.id, now);
    return true;
  }

  /** The message it had under this id, now answered (or taken back). */
  confirm(id: string, now: number): GroupMessage<E> | undefined {
    const message = this.unconfirmed.get(id);
    if (!message) return undefined;
    this.unconfirmed.delete(id);
    this.times?.ended(id, now);
    return message;
  }
}
