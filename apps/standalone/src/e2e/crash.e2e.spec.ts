import {
  type HttpAnswer,
  RunningLedger,
  eventually,
  post,
  query,
  uniqueId,
} from '@daybook/testing';

const CLIENTS = 8;
const ACCOUNTS = 6;
const ACKNOWLEDGED_BETWEEN_KILLS = 100;
const PARTS = ['command', 'projector', 'embedded-kurrentdb', 'embedded-mongodb'];

/** Loads the ledger while its parts are killed -9, then looks for every acknowledged transaction. */
describe('kill -9 in the middle of a load', () => {
  let ledger: RunningLedger;

  beforeAll(async () => {
    ledger = await RunningLedger.start();
  }, 120_000);
  afterAll(() => ledger.destroy());

  it('loses nothing acknowledged and doubles nothing', async () => {
    const accounts = Array.from({ length: ACCOUNTS }, () => uniqueId('crash'));
    for (const accountId of accounts) {
      const body = { accountId, currency: 'EUR', overdraftLimit: 'unlimited' };
      expect((await post(ledger.commandUrl, '/v1/accounts', body)).status).toBe(201);
    }
    const acknowledged = new Map<string, { from: string; to: string }>();
    let loading = true;
    const clients = Array.from({ length: CLIENTS }, async (_, client) => {
      for (let n = 0; loading; n++) {
        const from = accounts[(client + n) % ACCOUNTS] ?? '';
        const to = accounts[(client + n + 1 + (n % (ACCOUNTS - 1))) % ACCOUNTS] ?? '';
        const transactionId = uniqueId(`c${client}-${n}`);
        const { status, body } = await sendUntilAnswered(ledger, { transactionId, from, to });
        if (status === 201 || status === 200) acknowledged.set(transactionId, { from, to });
        else throw new Error(`${transactionId} was answered ${JSON.stringify(body)}`);
      }
    });
    const moreAcknowledged = async () => {
      const wanted = acknowledged.size + ACKNOWLEDGED_BETWEEN_KILLS;
      await eventually(async () => acknowledged.size >= wanted, 60_000);
    };
    let kills = 0;
    for (const part of [...PARTS, ...PARTS]) {
      await moreAcknowledged();
      if (ledger.kill(part)) kills++;
    }
    await moreAcknowledged();
    loading = false;
    await Promise.all(clients);
    console.log(`${acknowledged.size} transactions acknowledged under ${kills} kills`);
    expect(kills).toBeGreaterThanOrEqual(4);
    await expectOnce(ledger, accounts, acknowledged);
    const verify = ledger.cli('verify');
    expect([await verify.exited, verify.output]).toEqual([0, expect.any(String)]);
  }, 180_000);
});

async function sendUntilAnswered(
  ledger: RunningLedger,
  transfer: { transactionId: string; from: string; to: string },
): Promise<HttpAnswer> {
  const body = { ...transfer, amount: '1.00', currency: 'EUR' };
  let answer: HttpAnswer | undefined;
  await eventually(async () => {
    answer = await post(ledger.commandUrl, '/v1/transfers', body);
    return answer.status < 500;
  }, 60_000);
  if (!answer) throw new Error('no answer');
  return answer;
}

/** Every acknowledged transfer stands once in each of its two accounts, and nothing else does. */
async function expectOnce(
  ledger: RunningLedger,
  accounts: readonly string[],
  acknowledged: ReadonlyMap<string, { from: string; to: string }>,
): Promise<void> {
  const probe = { accountId: uniqueId('probe'), currency: 'EUR' };
  let position = '';
  await eventually(async () => {
    position = (await post(ledger.commandUrl, '/v1/accounts', probe)).body.position;
    return position !== undefined;
  });
  const page = `query($id: ID!, $after: String, $min: String) {
    account(id: $id, minPosition: $min) { entries(first: 500, after: $after) {
      pageInfo { hasNextPage endCursor } edges { node { transactionId } } } } }`;
  const expected = new Map<string, string[]>(accounts.map((id) => [id, []]));
  for (const [id, { from, to }] of acknowledged) {
    expected.get(from)?.push(id);
    expected.get(to)?.push(id);
  }
  for (const id of accounts) {
    const found: string[] = [];
    for (let after: string | undefined, more = true; more;) {
      let entries: any;
      await eventually(async () => {
        entries = (await query(ledger, page, { id, after, min: position })).account.entries;
        return true;
      });
      found.push(...entries.edges.map((edge: any) => edge.node.transactionId));
      more = entries.pageInfo.hasNextPage;
      after = entries.pageInfo.endCursor;
    }
    expect(found.sort()).toEqual(expected.get(id)?.sort());
  }
}
