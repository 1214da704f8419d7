/** An event on its way to the consumers of a group; the event itself stays opaque here. */
export interface GroupMessage<E> {
  readonly event: E;
  /** The id a consumer answers with: of the link when there is one, else of the event. */
  readonly id: string;
  /** Revision in the stream, or position in the log. */
  readonly place: bigint;
  /** Bytes held in memory for it. */
  readonly bytes: number;
  readonly retryCount: number;
  /** Comes from the parked stream: it has no place in the order that checkpoints follow. */
  readonly replayed: boolean;
  /** Assigned when it is first delivered; undefined before that and for replayed messages. */
  readonly sequence?: number;
}

/** Events that a filter left out after a message, so that a checkpoint may move past them. */
export interface LeftOut {
  readonly upTo: bigint;
  readonly count: number;
}

/** What a group asks of its surroundings; nothing else leaves it. */
export type GroupEffect<E> =
  | { readonly kind: 'read'; readonly after: bigint; readonly count: number }
  | { readonly kind: 'read-parked'; readonly from: bigint; readonly count: number }
  | { readonly kind: 'deliver'; readonly consumer: string; readonly message: GroupMessage<E> }
  | { readonly kind: 'drop'; readonly consumer: string }
  | { readonly kind: 'checkpoint'; readonly place: bigint }
  | { readonly kind: 'park'; readonly message: GroupMessage<E>; readonly reason: string }
  | { readonly kind: 'parked-replayed'; readonly upTo: bigint };
