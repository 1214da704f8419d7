import type { RunnerStatistics } from '@daybook/event-store';
import { Gauge, type Registry } from 'prom-client';

const help: Readonly<Record<keyof RunnerStatistics, string>> = {
  commandsUnderWay: 'Commands accepted and not answered',
  bytesUnderWay: 'Bytes of commands accepted and not answered',
  streamsCached: 'Streams whose state is in memory',
  appends: 'Appends since the start',
  recordsAppended: 'Records appended since the start',
  conflicts: 'Appends refused because another instance was first',
  unknownOutcomes: 'Appends whose outcome was unknown at first',
  fences: 'Appends of unknown outcome that were fenced',
  snapshotsWritten: 'Snapshots written since the start',
  snapshotsFailed: 'Snapshots that could not be written',
};

const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Shows the command runner's counters as metrics, read when they are asked for. */
export function watchRunner(runner: { statistics(): RunnerStatistics }, registry: Registry): void {
  for (const name of Object.keys(help) as (keyof RunnerStatistics)[]) {
    new Gauge({
      name: `command_runner_${snake(name)}`,
      help: help[name],
      registers: [registry],
      collect() {
        this.set(runner.statistics()[name]);
      },
    });
  }
}
