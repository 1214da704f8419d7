import type { GroupCommit } from '@daybook/embedded-store';
import type { Databases } from './databases';
import { blockKey } from './layout';
import { oldestReadableMs } from './readable';
import { EventFlag, eventsIn, StoredEvent, withoutEvents } from './stored-event';
import { streamKeyOf } from './stream-name';
import type { StreamRecord } from './stream-record';

/** What a scavenge found and freed. */
export interface ScavengeReport {
  readonly scannedEvents: number;
  readonly removedEvents: number;
  readonly freedBytes: number;
}

const blocksPerStep = 64;

/**
 * Removes, before that position, the events that no read of their stream shows any more: beyond the limits in its
 * metadata, of deleted streams, older metadata. A tombstone's own event stays. Works in steps of a
 * few blocks, each a transaction of its own, so it can run beside everything else and be killed at
 * any time.
 */
export async function scavenge(
  db: Databases,
  commits: GroupCommit,
  before: number,
): Promise<ScavengeReport> {
  const total = { scannedEvents: 0, removedEvents: 0, freedBytes: 0 };
  let from: number | undefined = 0;
  while (from !== undefined) {
    const start: number = from;
    from = await commits.submitAlone(() => step(db, start, before, total));
    await new Promise((resolve) => setImmediate(resolve));
  }
  return total;
}

function step(
  db: Databases,
  from: number,
  before: number,
  total: { -readonly [K in keyof ScavengeReport]: number },
): number | undefined {
  const nowMs = Date.now();
  const found: { key: Buffer; block: Buffer }[] = [];
  const range = { start: blockKey(from), end: blockKey(before), limit: blocksPerStep };
  for (const { key, value } of db.log.getRange(range)) {
    found.push({ key: Buffer.from(key), block: Buffer.from(value) });
  }
  for (const { key, block } of found) {
    const gone = goneEvents(db, block, nowMs);
    total.scannedEvents += eventsIn(block);
    if (gone.size === 0) continue;
    const rest = withoutEvents(block, gone);
    total.removedEvents += gone.size;
    total.freedBytes += block.length - (rest?.length ?? 0);
    if (rest) db.log.putSync(key, rest);
    else db.log.removeSync(key);
  }
  const last = found[found.length - 1];
  return found.length < blocksPerStep ? undefined : last!.key.readUIntBE(0, 6) + 1;
}

function goneEvents(db: Databases, block: Buffer, nowMs: number): Set<number> {
  const gone = new Set<number>();
  for (let i = 0; i < eventsIn(block); i++) {
    const event = new StoredEvent(block, i);
    if (event.scavenged || event.flags & EventFlag.Tombstone) continue;
    const record = db.streamRecord(streamKeyOf(event.streamName));
    if (record && isGone(record, event, nowMs)) gone.add(i);
  }
  return gone;
}

/** The newest event stays: of a soft-deleted stream the original keeps it too. */
function isGone(record: StreamRecord, event: StoredEvent, nowMs: number): boolean {
  if (record.tombstoned) return true;
  if (event.revision >= record.lastRevision) return false;
  return event.revision < record.firstRevision || event.createdMs < oldestReadableMs(record, nowMs);
}
