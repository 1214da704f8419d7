interface KnownEvent {
  readonly streamNumber: number;
  readonly revision: number;
}

/**
 * The ids of the events written last, in bounded memory: what the original recognises a repeated append
 * by when no revision is expected. The first event of an id is kept until it is the oldest, as there.
 */
export class KnownEventIds {
  private readonly known = new Map<string, KnownEvent>();

  constructor(private readonly idsMax: number) {}

  find(id: string): KnownEvent | undefined {
    return this.known.get(id);
  }

  add(id: string, streamNumber: number, revision: number): void {
    if (this.known.has(id)) return;
    if (this.known.size >= this.idsMax) {
      const oldest = this.known.keys().next();
      if (!oldest.done) this.known.delete(oldest.value);
    }
    this.known.set(id, { streamNumber, revision });
  }
}
