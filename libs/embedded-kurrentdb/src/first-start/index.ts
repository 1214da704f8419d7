import { randomUUID } from 'node:crypto';
import { expectNoStream } from '../storage/commit-check';
import type { EventStore } from '../storage/event-store';

const stream = '$epoch-information';
const type = '$EpochInformation';
/** Bytes that the store accounts for the event. */
const bytes = 512;

/**
 * Writes what a node of the original writes when it leads for the first time: its epoch. So `$all`
 * has a first event and a position before any client writes, as clients of the original know it.
 */
export async function writeFirstEvents(store: EventStore): Promise<void> {
  if (store.statistics().events > 0) return;
  const epoch = {
    EpochPosition: 0,
    EpochNumber: 0,
    EpochId: randomUUID(),
    PrevEpochPosition: -1,
    TimeStamp: new Date().toISOString(),
    LeaderInstanceId: randomUUID(),
  };
  const event = {
    id: randomUUID(),
    type: Buffer.from(type),
    contentType: 'application/json',
    metadata: Buffer.alloc(0),
    data: Buffer.from(JSON.stringify(epoch)),
  };
  const streams = [{ name: Buffer.from(stream), expected: expectNoStream }];
  await store.append({ streams, events: [{ stream: 0, event }] }, bytes);
}
