import { checkEvent, partitionOf } from '@daybook/ledger-contracts';
import type { LogGroup, LogRecord, Recorded } from '../recorded-event';

/** A record of a stream that has views: its event, or why it cannot be read. */
export interface ReadRecord {
  readonly stream: string;
  readonly kind: 'account' | 'transaction';
  /** The account's or transaction's id. */
  readonly id: string;
  readonly partition: number;
  readonly type: string;
  readonly revision: number;
  readonly position: bigint;
  readonly recordedAt: Date;
  readonly recorded: Recorded | undefined;
  /** Why there is no event; empty when there is one. */
  readonly problem: string;
}

/** A group with what of it concerns some partitions. */
export interface ReadGroup {
  readonly position: bigint;
  readonly recordedAt: Date;
  readonly records: readonly ReadRecord[];
}

const kinds = [
  ['account-', 'account'],
  ['transaction-', 'transaction'],
] as const;

/** Whose stream it is; undefined for streams without views. */
export function ownerOf(
  stream: string,
): { readonly kind: ReadRecord['kind']; readonly id: string } | undefined {
  for (const [prefix, kind] of kinds) {
    if (stream.startsWith(prefix)) return { kind, id: stream.slice(prefix.length) };
  }
  return undefined;
}

/** Reads the events of groups that belong to these partitions; never throws. */
export function readGroups(
  groups: readonly LogGroup[],
  partitions: ReadonlySet<number>,
): readonly ReadGroup[] {
  return groups.map(({ position, recordedAt, records }) => {
    const own: ReadRecord[] = [];
    for (const record of records) {
      const read = readRecord(record, recordedAt, partitions);
      if (read) own.push(read);
    }
    return { position, recordedAt, records: own };
  });
}

function readRecord(
  record: LogRecord,
  recordedAt: Date,
  partitions: ReadonlySet<number>,
): ReadRecord | undefined {
  const owner = ownerOf(record.stream);
  if (!owner) return undefined;
  const { kind, id } = owner;
  const partition = partitionOf(id);
  if (!partitions.has(partition)) return undefined;
  const { stream, type, revision, position } = record;
  let recorded: Recorded | undefined;
  let problem = '';
  try {
    recorded = { event: checkEvent(record), revision, position, recordedAt };
  } catch (error) {
    problem = error instanceof Error ? error.message : String(error);
  }
  return {
    stream,
    kind,
    id,
    partition,
    type,
    revision,
    position,
    recordedAt,
    recorded,
    problem,
  };
}
