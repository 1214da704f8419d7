import { createCommandRunner } from '@daybook/event-store';
import { InMemoryEventStore } from '@daybook/testing';
import { Registry } from 'prom-client';
import { serviceModel } from '../receipts/receipt-model';
import { watchRunner } from './runner-metrics';

it('shows what is held and what was done, as it is when it is asked for', async () => {
  const runner = createCommandRunner({ store: new InMemoryEventStore(), model: serviceModel });
  const registry = new Registry();
  watchRunner(runner, registry);
  expect(await registry.metrics()).toContain('daybook_cached_streams 0');
  const { letGo } = runner.hold('account-alice');
  for (let asked = 0; asked < 2; asked += 1) {
    const text = await registry.metrics();
    expect(text).toContain('# TYPE daybook_cached_streams gauge\ndaybook_cached_streams 1\n');
    expect(text).toContain('# TYPE daybook_appends_total counter\ndaybook_appends_total 0\n');
  }
  letGo();
  await runner.stop();
});
