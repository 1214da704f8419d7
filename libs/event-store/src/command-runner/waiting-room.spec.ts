import type { PurseCommand } from './purses/purses.fixture';
import { running } from './purses/running.fixture';
import { Ground } from './task';
import { WaitingRoom } from './waiting-room';

const STREAMS = 200;
const COMMANDS = 20;

const wide = (): PurseCommand => ({
  reads: Array.from({ length: STREAMS }, (_, n) => `purse-${n}`),
  absent: [],
  bytes: 100,
  metadata: {},
  decide: () => ({ kind: 'report', answer: { status: 'no-purse' } }),
});

it('is asked about wide commands once for each that is decided, not for each of its streams', async () => {
  const asked = jest.spyOn(WaitingRoom.prototype, 'mayGo');
  const { runner } = await running();
  const all = Array.from({ length: COMMANDS }, () => runner.run(wide()));
  expect(await Promise.all(all)).toHaveLength(COMMANDS);
  // On arrival, after the loading of each stream, and when its turn has come.
  expect(asked.mock.calls.length).toBeLessThan(STREAMS + 5 * COMMANDS);
  asked.mockRestore();
});

it('looks through the streams of a wide command now and then, not after the loading of each', async () => {
  const looked = jest.spyOn(Ground.prototype, 'ready', 'get');
  const { runner } = await running();
  expect((await runner.run(wide())).kind).toBe('reported');
  expect(looked.mock.calls.length).toBeLessThan(20 * STREAMS);
  looked.mockRestore();
});
