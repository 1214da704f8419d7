const TIMEOUT_MS = 2_000;
const KEPT_MS = 50;

/** Asks the projector how far every view is; undefined when it does not tell. */
export class ProjectedPosition {
  private asked: Promise<bigint | undefined> | undefined;

  constructor(private readonly projectorUrl: string | undefined) {}

  /** False: nobody tells, so a command's last stage is `committed`. */
  get isKnown(): boolean {
    return this.projectorUrl !== undefined;
  }

  /** One question at a time, its answer shared by all who ask at once. */
  read(): Promise<bigint | undefined> {
    this.asked ??= this.ask().finally(() => {
      setTimeout(() => (this.asked = undefined), KEPT_MS).unref();
    });
    return this.asked;
  }

  private async ask(): Promise<bigint | undefined> {
    if (this.projectorUrl === undefined) return undefined;
    try {
      const response = await fetch(`${this.projectorUrl}/position`, {
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const { position } = (await response.json()) as { position?: unknown };
      return typeof position === 'string' ? BigInt(position) : undefined;
    } catch {
      return undefined;
    }
  }
}
