import type { Checkpoint, CheckpointStore } from './checkpoints';
import { MemoryLog } from './memory-log.fixture';
import { project } from './projecting';
import { ViewsOfAnotherLog } from './same-log';

const checkpoint = (partition: number, position: bigint): Checkpoint => ({
  partition,
  position,
  recordedAt: new Date(Number(position)),
});

/** Projects partitions with these checkpoints until the first batch or failed read. */
async function projected(log: MemoryLog, kept: readonly Checkpoint[]): Promise<unknown> {
  const checkpoints: CheckpointStore = { load: async () => kept, save: async () => undefined };
  const stop = new AbortController();
  let heard: unknown;
  const hear = (what: unknown) => {
    heard ??= what;
    stop.abort();
  };
  await project({
    ...{ log, checkpoints, prefixes: ['account-'], pageSize: 10, signal: stop.signal },
    partitions: kept.map(({ partition }) => partition),
    writer: { apply: async () => undefined },
    observer: {
      onBatch: ({ groups }) => groups[0] && hear(groups[0].position),
      onReadFailure: hear,
    },
  });
  return heard;
}

describe('projecting', () => {
  const log = new MemoryLog();
  for (let i = 0; i < 3; i += 1) log.append(['account-1']);

  it('goes on at the partition that is furthest behind', async () => {
    expect(await projected(log, [checkpoint(0, 10n), checkpoint(1, 30n)])).toBe(20n);
  });

  it('begins with nothing when one partition alone is beyond the log', async () => {
    const kept = [checkpoint(0, 10n), checkpoint(1, 40n)];
    expect(await projected(log, kept)).toEqual(expect.any(ViewsOfAnotherLog));
  });
});
