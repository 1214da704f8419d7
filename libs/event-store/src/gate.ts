interface Waiting {
  readonly places: number;
  readonly enter: () => void;
}

/** Lets work in by order of arrival, up to so many places at once; the rest waits. */
export class Gate {
  private free: number;
  private entering = 0;
  private readonly waiting: Waiting[] = [];

  constructor(private readonly placesMax: number) {
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
