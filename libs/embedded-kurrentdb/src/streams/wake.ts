/** Lets a loop sleep until there is news, without missing news that came before it slept. */
export class Wake {
  private pending = false;
  private resolve: (() => void) | undefined;

  readonly signal = (): void => {
    this.pending = true;
    this.resolve?.();
  };

  /** Forgets the news so far: what follows sees them. */
  begin(): void {
    this.pending = false;
  }

  /** Resolves at once when there was news since `begin`, else with the next. */
  async sleep(): Promise<void> {
    if (this.pending) return;
    await new Promise<void>((resolve) => (this.resolve = resolve));
    this.resolve = undefined;
  }
}
