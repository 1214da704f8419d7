import {
  type AccountObservation,
  Random,
  accountOperation,
  checkLinearizable,
  eventually,
  post,
  uniqueId,
} from '@daybook/testing';
import { CommandCluster } from './command-cluster.fixture';

const HISTORIES = Number(process.env['HISTORIES'] ?? 100);
const CLIENTS = 8;
const OPERATIONS_PER_CLIENT = 6;
/** After so many tries without an answer a client gives up: it never learns the outcome. */
const TRIES = 2;
const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000);

describe('histories of real processes under kills and lost replies', () => {
  const generator = new Random(SEED);
  const random = () => generator.next();
  let cluster: CommandCluster;
  const statistics = { operations: 0, accepted: 0, refused: 0, unknown: 0, kills: 0, drops: 0 };

  beforeAll(async () => {
    cluster = await CommandCluster.start();
  }, 60_000);
  afterAll(() => cluster.stop());

  it(`are linearizable per account (${HISTORIES} histories, seed ${SEED})`, async () => {
    for (let n = 0; n < HISTORIES; n++) {
      const accountId = uniqueId(`lin-${n}`);
      await open(accountId, cluster.urls[n % 2] ?? '');
      const faults = disturb(n);
      const history = (
        await Promise.all(Array.from({ length: CLIENTS }, (_, c) => client(accountId, c)))
      ).flat();
      await faults;
      const verdict = checkLinearizable(history.map(accountOperation), 0n, String);
      if (!verdict.linearizable) {
        throw new Error(
          `seed ${SEED}, history ${n} of ${accountId} is not linearizable; explained up to ` +
            `${verdict.order.join(' ')}\n${history.map(describeOperation).join('\n')}`,
        );
      }
    }
    console.log(`${HISTORIES} histories, seed ${SEED}: ${JSON.stringify(statistics)}`);
    expect(statistics.accepted).toBeGreaterThan(HISTORIES * 5);
    expect(statistics.refused).toBeGreaterThan(HISTORIES);
    expect(statistics.kills).toBeGreaterThan(HISTORIES / 5);
    expect(statistics.drops).toBeGreaterThan(HISTORIES / 5);
  }, 1_200_000);

  async function open(accountId: string, url: string): Promise<void> {
    let last: unknown;
    const body = { accountId, currency: 'EUR' };
    const opened = eventually(async () => {
      last = await post(url, '/v1/accounts', body).catch(String);
      return (last as { status: number }).status < 300;
    });
    await opened.catch(() => {
      throw new Error(`${url} never opened ${accountId}: ${JSON.stringify(last)}`);
    });
  }

  /** Every history has one kind of trouble in its middle, or none. */
  async function disturb(n: number): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 5 + random() * 40));
    const victim = n % 2;
    switch (n % 4) {
      case 0:
        statistics.drops++;
        return cluster.proxies[victim]?.dropReplies(5 + random() * 60);
      case 1:
        statistics.kills++;
        await cluster.services[victim]?.kill();
        return cluster.services[victim]?.start();
      case 2:
        if (n % 8 !== 2) return;
        statistics.kills++;
        await cluster.store.kill();
        return cluster.store.start();
      default:
        return;
    }
  }

  async function client(accountId: string, index: number): Promise<AccountObservation[]> {
    const seen: AccountObservation[] = [];
    for (let n = 0; n < OPERATIONS_PER_CLIENT; n++) {
      const change = BigInt(1 + Math.floor(random() * 3)) * (random() < 0.5 ? 100n : -100n);
      seen.push(await operate(accountId, `c${index}-${n}`, change));
    }
    return seen;
  }

  async function operate(
    accountId: string,
    name: string,
    change: bigint,
  ): Promise<AccountObservation> {
    const transactionId = uniqueId(name);
    const path = `/v1/accounts/${accountId}/${change > 0n ? 'deposits' : 'withdrawals'}`;
    const amount = `${(change > 0n ? change : -change) / 100n}.00`;
    const invokedAt = performance.now();
    statistics.operations++;
    for (let tries = 0; tries < TRIES; tries++) {
      const url = cluster.urls[random() < 0.5 ? 0 : 1] ?? '';
      const body = { transactionId, amount, currency: 'EUR' };
      const answer = await post(url, path, body).catch(() => undefined);
      if (answer === undefined || answer.status >= 500 || answer.status === 429) continue;
      const answeredAt = performance.now();
      const common = { name, invokedAt, answeredAt, change };
      if (answer.status >= 400) {
        if (answer.body.code !== 'InsufficientFunds') throw new Error(JSON.stringify(answer.body));
        statistics.refused++;
        return { ...common, answer: 'refused' };
      }
      statistics.accepted++;
      const balanceAfter = BigInt(String(answer.body.balances[0].posted).replace('.', ''));
      return { ...common, answer: 'accepted', balanceAfter };
    }
    statistics.unknown++;
    return { name, invokedAt, answeredAt: Infinity, change, answer: 'unknown' };
  }
});

const describeOperation = (o: AccountObservation) =>
  `${o.name} [${o.invokedAt.toFixed(1)}, ${o.answeredAt.toFixed(1)}] ${o.change} ` +
  `${o.answer} ${o.balanceAfter ?? ''}`;
