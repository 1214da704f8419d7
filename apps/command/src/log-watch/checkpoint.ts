import type { EventStore, LogPosition } from '@daybook/event-store';
import { randomUUID } from 'node:crypto';

/** The one that stands before the other in the log. */
export function earlier(one: LogPosition | undefined, other: LogPosition): LogPosition {
  if (one === undefined) return other;
  if (one === 'start' || other === 'start') return 'start';
  return one < other ? one : other;
}

/** Where a watcher of the log goes on after a restart: kept in the store, for all instances. */
export class Checkpoint {
  private readonly stream: string;
  private revision: number | undefined;

  constructor(
    private readonly store: EventStore,
    name: string,
  ) {
    this.stream = `checkpoint-${name}`;
  }

  async load(): Promise<LogPosition> {
    const last = await this.store.readLast(this.stream);
    this.revision = last?.revision;
    const position = (last?.data as { position?: unknown } | undefined)?.position;
    return typeof position === 'string' ? BigInt(position) : 'start';
  }

  /** Best effort: another instance may have been first, and an older place only costs reading. */
  async save(place: LogPosition): Promise<void> {
    if (place === 'start') return;
    const record = {
      stream: this.stream,
      id: randomUUID(),
      type: 'CheckpointReached',
      json: JSON.stringify({ position: String(place) }),
      metadata: { schema: '1', last: 'true' },
    };
    const expected = this.revision ?? 'no-stream';
    const outcome = await this.store.append([record], [{ stream: this.stream, expected }]);
    if (outcome.committed) this.revision = (this.revision ?? -1) + 1;
    else await this.load();
  }
}
