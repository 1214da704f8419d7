import fc from 'fast-check';
import { planLeases, type Lease } from './leases';

const now = new Date(1_000);
const lease = (partition: number, owner: string, until = 2_000): Lease => ({
  partition,
  owner,
  until: new Date(until),
});

describe('leases', () => {
  it('give a lone worker every partition', () => {
    expect(planLeases('a', 4, [], ['a'], now)).toEqual({ take: [0, 1, 2, 3], release: [] });
  });

  it('leave alone what another worker holds, and take what ran out', () => {
    const held = [lease(0, 'b'), lease(1, 'b', 999)];
    expect(planLeases('a', 2, held, ['a'], now)).toEqual({ take: [1], release: [] });
  });

  it('give back what is beyond an even share', () => {
    const held = [0, 1, 2, 3].map((partition) => lease(partition, 'a'));
    expect(planLeases('a', 4, held, ['a', 'b'], now)).toEqual({ take: [0, 1], release: [2, 3] });
  });

  it('find their worker again after a restart, run out or not', () => {
    const held = [lease(0, 'b'), lease(1, 'b'), lease(2, 'a', 500), lease(3, 'a')];
    expect(planLeases('a', 4, held, ['a', 'b'], now)).toEqual({ take: [2, 3], release: [] });
  });

  it('cover every partition once all workers have taken their turn', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.array(fc.nat(4), { minLength: 16, maxLength: 16 }),
        (count, owners) => {
          const workers = Array.from({ length: count }, (_, i) => `w${i}`);
          let leases = owners.flatMap((owner, partition) =>
            owner < count ? [lease(partition, `w${owner}`)] : [],
          );
          for (let turn = 0; turn < 2; turn += 1) {
            for (const worker of workers) {
              const plan = planLeases(worker, 16, leases, workers, now);
              leases = [
                ...leases.filter((l) => l.owner !== worker),
                ...plan.take.map((partition) => lease(partition, worker)),
              ];
            }
          }
          expect(leases.map(({ partition }) => partition).sort((x, y) => x - y)).toEqual(
            Array.from({ length: 16 }, (_, i) => i),
          );
        },
      ),
    );
  });
});
