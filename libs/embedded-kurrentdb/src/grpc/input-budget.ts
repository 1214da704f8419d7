import { GrpcCode, GrpcError } from './status';

/** Bounds what all calls together hold of unfinished request messages. */
export class InputBudget {
  private held = 0;

  constructor(private readonly bytesMax: number) {}

  get bytes(): number {
    return this.held;
  }

  /** Accounts for a change; throws RESOURCE_EXHAUSTED when the server holds too much. */
  change(bytes: number): void {
    this.held += bytes;
    if (bytes > 0 && this.held > this.bytesMax) {
      this.held -= bytes;
      throw new GrpcError(
        GrpcCode.ResourceExhausted,
        'the server holds too many unfinished requests; try again later',
      );
    }
  }

  release(bytes: number): void {
    this.held -= bytes;
  }
}
