import { compilePattern } from '../storage/bounded-pattern';
import type { EventFilter } from '../storage/event-filter';
import type { EventStore } from '../storage/event-store';
import type { GroupSettings, StartFrom } from './group-settings';
import { newestData, writeOwnEvent, writeOwnMetadata } from './group-streams';
import type { GroupDefinition } from './running-group';

const stream = '$persistentSubscriptionConfig';
const type = '$PersistentConfig';

/** How a group is written down; the names are the original's, but for `startedAfter`. */
interface Entry extends Omit<GroupSettings, 'startFrom' | 'strategy'> {
  readonly stream: string;
  readonly group: string;
  readonly startFrom: { readonly at: string; readonly commit?: string; readonly prepare?: string };
  readonly startedAfter: string;
  readonly namedConsumerStrategy: string;
  readonly filter?: {
    readonly on: EventFilter['on'];
    readonly prefixes: readonly string[];
    readonly regex?: string;
  };
}

/** The definitions of all groups, kept as the newest event of one system stream. */
export class GroupCatalogue {
  private saving: Promise<void> = Promise.resolve();

  constructor(private readonly store: EventStore) {}

  load(): GroupDefinition[] {
    const data = newestData(this.store, stream);
    if (!data) return [];
    const { entries } = JSON.parse(data.toString('utf8')) as { entries: Entry[] };
    return entries.map(definitionOf);
  }

  /** Stores the definitions as they are when its turn comes; resolves when they are durable. */
  save(current: () => readonly GroupDefinition[], changedBy: string): Promise<void> {
    const saved = this.saving.then(() => this.write(current(), changedBy));
    this.saving = saved.catch(() => undefined);
    return saved;
  }

  private async write(definitions: readonly GroupDefinition[], changedBy: string): Promise<void> {
    if (this.store.streams.lastRevision(Buffer.from(stream)) < 0) {
      await writeOwnMetadata(this.store, stream, { $maxCount: 2 });
    }
    const content = {
      version: '2',
      updated: new Date().toISOString(),
      updatedBy: changedBy,
      entries: definitions.map(entryOf),
    };
    await writeOwnEvent(this.store, stream, type, Buffer.from(JSON.stringify(content)));
  }
}

function entryOf({ settings, filter, startedAfter, ...name }: GroupDefinition): Entry {
  const { startFrom, strategy, ...plain } = settings;
  return {
    stream: name.stream,
    group: name.group,
    ...plain,
    startFrom:
      startFrom.at === 'place'
        ? { at: 'place', commit: `${startFrom.commit}`, prepare: `${startFrom.prepare}` }
        : startFrom,
    startedAfter: String(startedAfter),
    namedConsumerStrategy: strategy,
    ...(filter && {
      filter: {
        on: filter.on,
        prefixes: filter.prefixes.map((prefix) => prefix.toString()),
        ...(filter.regex && { regex: filter.regex.source }),
      },
    }),
  };
}

function definitionOf(entry: Entry): GroupDefinition {
  const {
    stream: name,
    group,
    startFrom,
    startedAfter,
    filter,
    namedConsumerStrategy,
    ...plain
  } = entry;
  return {
    stream: name,
    group,
    startedAfter: BigInt(startedAfter),
    settings: { ...plain, startFrom: startOf(startFrom), strategy: namedConsumerStrategy },
    filter: filter && {
      on: filter.on,
      prefixes: filter.prefixes.map((prefix) => Buffer.from(prefix)),
      ...(filter.regex !== undefined && { regex: compilePattern(filter.regex) }),
    },
  };
}

function startOf({ at, commit = '0', prepare = '0' }: Entry['startFrom']): StartFrom {
  if (at === 'place') return { at, commit: BigInt(commit), prepare: BigInt(prepare) };
  return { at: at === 'start' ? 'start' : 'end' };
}
