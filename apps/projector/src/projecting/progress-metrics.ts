import type { ServiceMetrics } from '@daybook/platform';
import { Counter, Gauge, Histogram } from 'prom-client';
import type { Progress } from './progress';

type Registry = ServiceMetrics['registry'];

/** How long from recording to a durable checkpoint. */
const delayBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600];

/** Publishes progress as metrics. */
export function watchProgress(progress: Progress, registry: Registry): void {
  const registers = [registry];
  const records = new Counter({
    name: 'daybook_projected_records_total',
    help: 'Records of the log that were projected',
    registers,
  });
  const delay = new Histogram({
    name: 'daybook_projection_delay_seconds',
    help: 'Time from the recording of a group to its durable checkpoint',
    buckets: delayBuckets,
    registers,
  });
  new Gauge({
    name: 'daybook_projection_lag_seconds',
    help: 'Age of the newest group projected while more waits; 0 at the end of the log',
    registers,
    collect() {
      this.set(progress.lagSeconds);
    },
  });
  new Gauge({
    name: 'daybook_projection_partitions',
    help: 'Partitions that this worker owns',
    registers,
    collect() {
      this.set(progress.partitions);
    },
  });
  new Gauge({
    name: 'daybook_quarantined_streams',
    help: 'Streams with an event that cannot be projected: above 0 is an alarm',
    registers,
    collect() {
      this.set(progress.quarantinedStreams);
    },
  });
  progress.onBatch((batch) => {
    records.inc(batch.records);
    for (const seconds of batch.delays) delay.observe(seconds);
  });
}
