import { ViewsOfAnotherLog } from '@daybook/subscription';
import { Progress } from './progress';

const now = new Date('2026-01-01T00:00:10.000Z');
const atEnd = { groups: [], reached: { position: 1n, recordedAt: now }, atEnd: true };

function ready(clock = { now: () => now }): Progress {
  const progress = new Progress(clock);
  progress.assigned(16);
  progress.projected(atEnd);
  return progress;
}

describe('readiness', () => {
  it('comes back with the leases, also when there is nothing to project', async () => {
    const progress = ready();
    progress.leases(false);
    await expect(progress.assertReady(60)).rejects.toMatchObject({ code: 'WriteFailing' });
    progress.leases(true);
    await expect(progress.assertReady(60)).resolves.toBeUndefined();
  });

  it('comes back after a failed batch with the next one alone', async () => {
    const progress = ready();
    progress.readFailed(new Error('planted'));
    progress.leases(true);
    await expect(progress.assertReady(60)).rejects.toMatchObject({ code: 'ReadFailing' });
    progress.projected(atEnd);
    await expect(progress.assertReady(60)).resolves.toBeUndefined();
  });

  it('names another log only once it has not been the same for a while', async () => {
    let seconds = 0;
    const progress = ready({ now: () => new Date(seconds * 1_000) });
    const lacks = async (at: number) => {
      seconds = at;
      const isLasting = progress.readFailed(new ViewsOfAnotherLog(1n));
      const code = isLasting ? 'ViewsOfAnotherLog' : 'ReadFailing';
      await expect(progress.assertReady(60)).rejects.toMatchObject({ code });
      return isLasting;
    };
    expect([await lacks(0), await lacks(9), await lacks(10)]).toEqual([false, false, true]);
    progress.projected(atEnd);
    await expect(progress.assertReady(60)).resolves.toBeUndefined();
    expect(await lacks(30)).toBe(false);
    progress.readFailed(new Error('planted'));
    expect([await lacks(41), await lacks(51)]).toEqual([false, true]);
  });
});
