const PLACES_MAX = 4_096;

interface Waiting {
  readonly places: number;
  readonly enter: () => void;
}

/**
 * Lets the commands of all batches in, in order of arrival and up to so many places at once: a
 * batch waits where single requests are refused, and leaves them room. Bounds what batches hold in
 * memory, whatever their commands are.
 */
export class BatchGate {
  private free: number;
  private entering = 0;
  private readonly waiting: Waiting[] = [];

  constructor(private readonly placesMax = PLACES_MAX) {
    this.free = placesMax;
  }

  /** Runs it as soon as there are places for it; one that is larger than all of them goes alone. */
  async pass<Result>(size: number, run: () => Promise<Result>): Promise<Result> {
    const places = Math.min(size, this.placesMax);
    if (this.waiting.length === 0 && this.entering === 0 && places <= this.free) {
      this.free -= places;
    } else {
      await new Promise<void>((enter) => {
        this.waiting.push({ places, enter });
        this.letIn();
      });
      this.entering -= 1;
    }
    try {
      return await run();
    } finally {
      this.free += places;
      this.letIn();
    }
  }

  private letIn(): void {
    for (let next = this.waiting[0]; next && next.places <= this.free; next = this.waiting[0]) {
      this.waiting.shift();
      this.free -= next.places;
      this.entering += 1;
      next.enter();
    }
  }
}

const BYTES_A_PLACE = 4_096;

/** The places that a command takes: one a posting, and no fewer than its bytes need. */
export function placesOf(body: object, bytes: number): number {
  const { postings } = body as { readonly postings?: readonly unknown[] };
  return Math.max(postings?.length ?? 1, Math.ceil(bytes / BYTES_A_PLACE));
}
