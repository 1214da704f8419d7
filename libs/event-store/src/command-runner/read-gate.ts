/** Lets a bounded number of reads through at a time; the others wait in order. */
export class ReadGate {
  private inside = 0;
  private readonly outside: (() => void)[] = [];

  constructor(private readonly insideMax: number) {}

  async pass<Result>(read: () => Promise<Result>): Promise<Result> {
    if (this.inside >= this.insideMax) {
      // Whoever leaves hands its place on: `inside` stays as it is.
      await new Promise<void>((resolve) => this.outside.push(resolve));
    } else {
      this.inside += 1;
    }
    try {
      return await read();
    } finally {
      const next = this.outside.shift();
      if (next) next();
      else this.inside -= 1;
    }
  }
}
