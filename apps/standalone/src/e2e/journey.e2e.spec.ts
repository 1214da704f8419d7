import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunningLedger, post, query, uniqueId } from '@daybook/testing';

const accountQuery = `query($id: ID!, $asOf: DateTime, $min: String) {
  account(id: $id, asOf: $asOf, minPosition: $min) { status balance { amount } available { amount } }
}`;

describe('the ledger as real processes', () => {
  let ledger: RunningLedger;

  beforeAll(async () => {
    ledger = await RunningLedger.start();
  }, 120_000);
  afterAll(() => ledger.destroy());

  const accountAt = async (id: string, min: string, asOf?: string) =>
    (await query(ledger, accountQuery, { id, min, asOf })).account;

  it('moves money and answers with balances, now and in the past', async () => {
    const [alice, bob] = [uniqueId('alice'), uniqueId('bob')];
    for (const accountId of [alice, bob]) {
      const opened = await post(ledger.commandUrl, '/v1/accounts', { accountId, currency: 'EUR' });
      expect(opened.status).toBe(201);
    }
    const deposit = await post(ledger.commandUrl, `/v1/accounts/${alice}/deposits`, {
      amount: '10.00',
      currency: 'EUR',
      effectiveAt: '2026-03-15T12:00:00Z',
    });
    expect(deposit.status).toBe(201);
    const transfer = await post(ledger.commandUrl, '/v1/transfers', {
      from: alice,
      to: bob,
      amount: '4.00',
      currency: 'EUR',
    });
    expect(transfer.body.balances).toEqual([
      { accountId: alice, posted: '6.00', held: '0.00', available: '6.00', currency: 'EUR' },
      { accountId: bob, posted: '4.00', held: '0.00', available: '4.00', currency: 'EUR' },
    ]);
    const position = transfer.headers.get('daybook-position') ?? '';
    expect(transfer.body.position).toBe(position);
    expect((await accountAt(alice, position)).balance.amount).toBe('6.00');
    expect((await accountAt(bob, position)).balance.amount).toBe('4.00');
    const march = await accountAt(alice, position, '2026-03-31T23:59:59.999Z');
    expect(march.balance.amount).toBe('10.00');
  });

  it('applies ten identical commands at once exactly once', async () => {
    const accountId = uniqueId('ten');
    await post(ledger.commandUrl, '/v1/accounts', { accountId, currency: 'EUR' });
    const transactionId = uniqueId('same');
    const body = { transactionId, amount: '1.00', currency: 'EUR' };
    const answers = await Promise.all(
      Array.from({ length: 10 }, () =>
        post(ledger.commandUrl, `/v1/accounts/${accountId}/deposits`, body),
      ),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(9);
    const bodies = new Set(
      answers.map(({ body: { position: _, ...rest } }) => JSON.stringify(rest)),
    );
    expect(bodies.size).toBe(1);
    const other = await post(ledger.commandUrl, `/v1/accounts/${accountId}/deposits`, {
      ...body,
      amount: '2.00',
    });
    expect([other.status, other.body.code]).toEqual([422, 'IdempotencyKeyReused']);
  });

  it('lets one of two hundred withdrawals of everything through two instances win', async () => {
    const second = await ledger.another('command');
    try {
      for (const urls of [[ledger.commandUrl], [ledger.commandUrl, second.url]]) {
        const accountId = uniqueId('race');
        await post(ledger.commandUrl, '/v1/accounts', { accountId, currency: 'EUR' });
        const body = { amount: '50.00', currency: 'EUR' };
        await post(ledger.commandUrl, `/v1/accounts/${accountId}/deposits`, body);
        const answers = await Promise.all(
          Array.from({ length: 200 }, (_, i) =>
            post(urls[i % urls.length] ?? '', `/v1/accounts/${accountId}/withdrawals`, body),
          ),
        );
        expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
        const refused = answers.filter(({ body: answer }) => answer.code === 'InsufficientFunds');
        expect(refused).toHaveLength(199);
      }
    } finally {
      expect(await second.process.stop()).toBe(0);
    }
  });

  it('never answers a stale refusal from the other instance', async () => {
    const second = await ledger.another('command');
    try {
      const accountId = uniqueId('stale');
      const path = `/v1/accounts/${accountId}`;
      const body = { amount: '1.00', currency: 'EUR' };
      await post(ledger.commandUrl, '/v1/accounts', { accountId, currency: 'EUR' });
      for (let round = 0; round < 25; round++) {
        const deposit = await post(ledger.commandUrl, `${path}/deposits`, body);
        expect(deposit.status).toBe(201);
        const withdrawal = await post(second.url, `${path}/withdrawals`, body);
        expect(withdrawal.status).toBe(201);
        expect((await post(second.url, `${path}/withdrawals`, body)).status).toBe(422);
      }
    } finally {
      await second.process.stop();
    }
  });

  it('keeps everything over a restart and ends with 0', async () => {
    const accountId = uniqueId('kept');
    await post(ledger.commandUrl, '/v1/accounts', { accountId, currency: 'EUR' });
    await post(ledger.commandUrl, `/v1/accounts/${accountId}/deposits`, {
      amount: '7.00',
      currency: 'EUR',
    });
    ledger.process.signal('SIGTERM');
    expect(await ledger.process.exited).toBe(0);
    ledger = await RunningLedger.start({ folder: ledger.folder });
    const after = await post(ledger.commandUrl, `/v1/accounts/${accountId}/withdrawals`, {
      amount: '7.00',
      currency: 'EUR',
    });
    expect(after.status).toBe(201);
    expect((await accountAt(accountId, after.body.position)).balance.amount).toBe('0.00');
  }, 120_000);

  it('says which port is taken by whom', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'daybook-rival-'));
    const rival = ledger.rival(folder);
    expect(await rival.exited).toBe(2);
    rmSync(folder, { recursive: true });
    expect(rival.output).toContain(
      `Port ${ledger.settings['COMMAND_PORT']} for command is taken by`,
    );
    expect(rival.output).toContain('COMMAND_PORT');
  });

  it('lets nobody else start on its folder, and names itself', async () => {
    const rival = ledger.rival();
    expect(await rival.exited).toBe(1);
    expect(rival.output).toContain(String(ledger.process.pid));
  });
});
