import type { RunnerStatistics } from '@daybook/event-store';
import { Counter, Gauge, type Registry } from 'prom-client';

interface Shown {
  /** Ends in `_total` where it only grows, as Prometheus names counters. */
  readonly name: string;
  readonly help: string;
}

const metrics: Readonly<Record<keyof RunnerStatistics, Shown>> = {
  commandsUnderWay: {
    name: 'daybook_commands_under_way',
    help: 'Commands accepted and not answered',
  },
  bytesUnderWay: {
    name: 'daybook_commands_under_way_bytes',
    help: 'Bytes of commands accepted and not answered',
  },
  streamsCached: {
    name: 'daybook_cached_streams',
    help: 'Streams whose state is in memory',
  },
  appends: {
    name: 'daybook_appends_total',
    help: 'Appends that were committed',
  },
  recordsAppended: {
    name: 'daybook_appended_records_total',
    help: 'Records that were committed',
  },
  conflicts: {
    name: 'daybook_append_conflicts_total',
    help: 'Appends refused because another instance was first',
  },
  recordsLearned: {
    name: 'daybook_learned_records_total',
    help: 'Records of other instances taken over from the log',
  },
  unknownOutcomes: {
    name: 'daybook_append_unknown_outcomes_total',
    help: 'Sendings of appends whose outcome was unknown',
  },
  fences: {
    name: 'daybook_append_fences_total',
    help: 'Appends of unknown outcome that were fenced',
  },
  snapshotsWritten: {
    name: 'daybook_snapshots_written_total',
    help: 'Snapshots written',
  },
  snapshotsFailed: {
    name: 'daybook_snapshots_failed_total',
    help: 'Snapshots that could not be written',
  },
};

/** Shows the command runner's statistics as metrics, read when they are asked for. */
export function watchRunner(runner: { statistics(): RunnerStatistics }, registry: Registry): void {
  for (const of of Object.keys(metrics) as (keyof RunnerStatistics)[]) {
    const { name, help } = metrics[of];
    const Kind = name.endsWith('_total') ? Counter : Gauge;
    const metric: Counter | Gauge = new Kind({
      ...{ name, help, registers: [registry] },
      collect() {
        metric.reset();
        metric.inc(runner.statistics()[of]);
      },
    });
  }
}
