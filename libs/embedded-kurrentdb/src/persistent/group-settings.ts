/** The strategies by which a group spreads its events over consumers. */
export const consumerStrategies = [
  'RoundRobin',
  'DispatchToSingle',
  'Pinned',
  'PinnedByCorrelation',
] as const;
export type ConsumerStrategyName = (typeof consumerStrategies)[number];

/** Where a group begins: at the first event, at the end, or at a place (inclusive). */
export type StartFrom =
  | { readonly at: 'start' }
  | { readonly at: 'end' }
  | { readonly at: 'place'; readonly commit: bigint; readonly prepare: bigint };

/** The settings of one consumer group, as a client names them; times in milliseconds. */
export interface GroupSettings {
  readonly resolveLinkTos: boolean;
  readonly extraStatistics: boolean;
  readonly startFrom: StartFrom;
  readonly messageTimeoutMs: number;
  readonly maxRetryCount: number;
  readonly checkpointAfterMs: number;
  readonly minCheckpointCount: number;
  readonly maxCheckpointCount: number;
  /** 0 means no limit. */
  readonly maxSubscriberCount: number;
  readonly liveBufferSize: number;
  readonly readBatchSize: number;
  readonly historyBufferSize: number;
  readonly strategy: string;
}

const isStrategy = (name: string): name is ConsumerStrategyName =>
  (consumerStrategies as readonly string[]).includes(name);

const badStart = 'Invalid Start From position:';
const outOfRange = (what: string) =>
  `Specified argument was out of the range of valid values. (Parameter '${what}')`;

/** Why these settings are refused, in the words of the real server; undefined when they are fine. */
export function refusalOf(settings: GroupSettings, lastPosition: bigint): string | undefined {
  if (!isStrategy(settings.strategy)) {
    return `Consumer strategy ${settings.strategy} does not exist.`;
  }
  const start = settings.startFrom;
  if (start.at === 'place') {
    if (start.prepare > start.commit) {
      return `${badStart} prepare position must be less than or equal to the commit position.`;
    }
    if (start.commit > lastPosition) {
      return (
        `${badStart} commit position must be less than or equal to the last commit position` +
        ' in the transaction file.'
      );
    }
  }
  if (settings.readBatchSize >= settings.historyBufferSize) {
    return outOfRange('ReadBatchSize may not be greater than or equal to BufferSize');
  }
  return undefined;
}

/** The strategy of settings that `refusalOf` has passed. */
export function strategyOf(settings: GroupSettings): ConsumerStrategyName {
  if (!isStrategy(settings.strategy)) throw new Error(`unchecked strategy ${settings.strategy}`);
  return settings.strategy;
}
