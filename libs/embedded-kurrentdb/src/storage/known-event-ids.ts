import { Generations } from './generations';

interface KnownEvent {
  readonly streamNumber: number;
  readonly revision: number;
}

/**
 * The ids of the events written last, in bounded memory: what the original recognises a repeated
 * append by when no revision is expected. Of events with the same id the first is known, as there.
 */
export class KnownEventIds {
  private readonly known: Generations<KnownEvent>;

  constructor(idsMax: number) {
    this.known = new Generations(Math.ceil(idsMax / 2));
  }

  find(id: string): KnownEvent | undefined {
    return this.known.get(id);
  }

  add(id: string, streamNumber: number, revision: number): void {
    if (this.known.get(id)) return;
    this.known.set(id, { streamNumber, revision });
    this.known.age();
  }
}
