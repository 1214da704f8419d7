import { RunningLedger, eventually, post, query, uniqueId } from '@daybook/testing';

const CLIENTS = 8;
const ACCOUNTS = 6;
const LOAD_MS = 12_000;
const KILL_EVERY_MS = 1_200;

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
    const until = performance.now() + LOAD_MS;
    const clients = Array.from({ length: CLIENTS }, async (_, client) => {
      for (let n = 0; performance.now() < until; n++) {
        const from = accounts[(client + n) % ACCOUNTS] ?? '';
        const to = accounts[(client + n + 1 + (n % (ACCOUNTS - 1))) % ACCOUNTS] ?? '';
        const transactionId = uniqueId(`c${client}-${n}`);
        const status = await sendUntilAnswered(ledger, { transactionId, from, to });
        if (from === to) expect(status).toBe(422);
        else if (status < 300) acknowledged.set(transactionId, { from, to });
      }
    });
    let kills = 0;
    const parts = ['command', 'projector', 'embedded-kurrentdb', 'embedded-mongodb'];
    while (performance.now() < until) {
      if (ledger.kill(parts[kills % parts.length] ?? '')) kills++;
      else parts.splice(kills % parts.length, 1);
      await new Promise((resolve) => setTimeout(resolve, KILL_EVERY_MS));
    }
    await Promise.all(clients);
    console.log(`${acknowledged.size} transactions acknowledged under ${kills} kills`);
    expect(kills).toBeGreaterThanOrEqual(4);
    expect(acknowledged.size).toBeGreaterThan(100);
    await expectOnce(ledger, accounts, acknowledged);
    const verify = ledger.cli('verify');
    expect([await verify.exited, verify.output]).toEqual([0, expect.any(String)]);
  }, 180_000);
});

async function sendUntilAnswered(
  ledger: RunningLedger,
  transfer: { transactionId: string; from: string; to: string },
): Promise<number> {
  const body = { ...transfer, amount: '1.00', currency: 'EUR' };
  let status = 0;
  await eventually(async () => {
    status = (await post(ledger.commandUrl, '/v1/transfers', body)).status;
    return status < 500;
  }, 60_000);
  return status;
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
