import { Progress } from './progress';

const now = new Date('2026-01-01T00:00:10.000Z');
const atEnd = { groups: [], reached: { position: 1n, recordedAt: now }, atEnd: true };

function ready(): Progress {
  const progress = new Progress({ now: () => now });
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
    progress.failing('ReadFailing');
    progress.leases(true);
    await expect(progress.assertReady(60)).rejects.toMatchObject({ code: 'ReadFailing' });
    progress.projected(atEnd);
    await expect(progress.assertReady(60)).resolves.toBeUndefined();
  });
});
