import { eventually, RunningLedger } from '@daybook/testing';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';

// Of a store that is not the test's own nobody can restore a backup.
const own = process.env['KURRENTDB_URL'] ? it.skip : it;

describe('an older log restored under newer views', () => {
  let ledger: RunningLedger;
  afterEach(() => ledger.destroy());

  async function post(path: string, body: object): Promise<string> {
    const response = await fetch(`${ledger.commandUrl}/v1/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(response.status).toBe(201);
    return response.headers.get('daybook-position') ?? '';
  }

  async function balance(minPosition: string): Promise<string | undefined> {
    const query = `{ account(id: "alice", minPosition: "${minPosition}") { balance { amount } } }`;
    const response = await fetch(ledger.queryUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });
    type Answer = { data?: { account?: { balance: { amount: string } } } };
    return ((await response.json()) as Answer).data?.account?.balance.amount;
  }

  async function run(...args: readonly string[]): Promise<[number | string, string]> {
    const process = ledger.cli(...args);
    const status = await process.exited;
    return [status, process.output];
  }

  const isReady = () => fetch(`${ledger.projectorUrl}/health/ready`).then(({ ok }) => ok);

  own(
    'is told at the start, and rebuilt while it runs, without a way back to the views before',
    async () => {
      ledger = await RunningLedger.start();
      const { folder } = ledger;
      const [log, copy] = [join(folder, 'kurrentdb'), join(folder, 'copy')];
      await post('accounts', { accountId: 'alice', currency: 'EUR' });
      await ledger.process.stop();
      cpSync(log, copy, { recursive: true });

      ledger = await RunningLedger.start({ folder });
      const deposit = (amount: string) =>
        post('accounts/alice/deposits', { amount, currency: 'EUR' });
      expect(await balance(await deposit('7.00'))).toBe('7.00');
      await ledger.process.stop();
      rmSync(log, { recursive: true });
      cpSync(copy, log, { recursive: true });

      ledger = await RunningLedger.start({ folder });
      await ledger.process.printed('Make them anew while this runs: npm run daybook -- rebuild');
      expect(await isReady()).toBe(false);
      const position = await deposit('1.00');
      expect((await run('rebuild'))[0]).toBe(0);
      expect(await balance(position)).toBe('1.00');
      await eventually(isReady);
      expect(await run('rebuild', '--back')).toEqual([
        2,
        expect.stringContaining('there is nothing to go back to: generation 1 is kept, but was'),
      ]);
      expect((await run('verify'))[0]).toBe(0);
    },
    180_000,
  );
});
