import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { RunningLedger, eventually, post, query, uniqueId } from '@daybook/testing';
import { type BankFile, type StatedBalance, statedIn, writeBankFile } from './bank-file.fixture';

const ROWS = 1_500;
const QUERIES_AT_ONCE = 4;
const STATED_A_QUERY = 25;

describe('import of a bank file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'daybook-import-'));
  let ledger: RunningLedger;

  beforeAll(async () => {
    ledger = await RunningLedger.start();
  }, 120_000);
  afterAll(async () => {
    await ledger.destroy();
    rmSync(folder, { recursive: true, force: true });
  });

  const newFile = (): { path: string; file: BankFile } => {
    const path = join(folder, `${uniqueId('bank')}.csv`);
    return { path, file: writeBankFile(path, uniqueId('a'), ROWS) };
  };

  const runImport = async (path: string) => {
    const running = ledger.cli('import', path, '--url', ledger.commandUrl);
    return { code: await running.exited, output: running.output };
  };

  /** Waits until the views hold all that was acknowledged up to now. */
  const projected = async () => {
    const marker = uniqueId('marker');
    const { body } = await post(ledger.commandUrl, '/v1/accounts', {
      accountId: marker,
      currency: 'CZK',
    });
    const text = 'query($id: ID!, $min: String) { account(id: $id, minPosition: $min) { id } }';
    await eventually(async () => {
      const data = await query(ledger, text, { id: marker, min: body.position });
      return data.account.id === marker;
    });
  };

  const expectStated = async (stated: readonly StatedBalance[]) => {
    await projected();
    const differences: unknown[] = [];
    const queue = [...stated];
    const worker = async () => {
      while (queue.length > 0) {
        const asked = queue.splice(-STATED_A_QUERY);
        const fields = asked.map(
          ({ accountId, day }, at) =>
            `s${at}: account(id: "${accountId}", asOf: "${day}T23:59:59.999Z") { balance { amount } }`,
        );
        const found = await query(ledger, `{ ${fields.join('\n')} }`);
        asked.forEach((one, at) => {
          const account = found[`s${at}`];
          if (account?.balance.amount !== one.balance) differences.push({ ...one, account });
        });
      }
    };
    await Promise.all(Array.from({ length: QUERIES_AT_ONCE }, worker));
    expect(differences).toEqual([]);
  };

  const expectVerified = async () => {
    await projected();
    const verify = ledger.cli('verify');
    expect([await verify.exited, verify.output]).toEqual([0, expect.any(String)]);
  };

  const inReport = (output: string, label: string) =>
    new RegExp(`^${label}\\s+(\\S+)`, 'm').exec(output)?.[1]?.replaceAll(',', '');

  it('ends with the balances that the bank states, and changes nothing the second time', async () => {
    const { path, file } = newFile();
    const first = await runImport(path);
    expect(first.code).toBe(0);
    expect(inReport(first.output, 'rows')).toBe(String(file.rows));
    expect(inReport(first.output, 'accounts')).toBe(String(file.accounts));
    expect(inReport(first.output, 'new')).toBe(String(file.rows));
    expect(inReport(first.output, 'adjustments')).toBe(String(file.adjustments));
    await expectStated(file.stated);
    const second = await runImport(path);
    expect(second.code).toBe(0);
    expect(inReport(second.output, 'new')).toBe('0');
    expect(inReport(second.output, 'already there')).toBe(String(file.rows));
    await expectStated(file.stated);
    await expectVerified();
  }, 180_000);

  it.each(['import', 'command', 'projector', 'embedded-kurrentdb', 'embedded-mongodb'])(
    'ends in the same state when %s is killed in the middle',
    async (part) => {
      const { path, file } = newFile();
      const running = ledger.cli('import', path, '--url', ledger.commandUrl);
      const firstRow = readFileSync(path, 'utf8').split('\n')[1]?.split(',') ?? [];
      await eventually(async () => (await isPosted(ledger, firstRow)) || !running.running);
      if (part === 'import') running.signal('SIGKILL');
      else if (!ledger.pidOf(part))
        return; // a real server is used: it is not ours to kill
      else ledger.kill(part);
      await running.exited;
      if (part !== 'import') expect(await running.exited).toBe(0);
      const again = await runImport(path);
      expect(again.code).toBe(0);
      const posted = Number(inReport(again.output, 'already there'));
      expect(posted + Number(inReport(again.output, 'new'))).toBe(file.rows);
      await eventually(() => fetch(`${ledger.projectorUrl}/health/ready`).then(({ ok }) => ok));
      await expectStated(file.stated);
      await expectVerified();
    },
    240_000,
  );

  it('lists malformed and refused rows with line and reason and applies nothing of them', async () => {
    const account = uniqueId('bad');
    const path = join(folder, 'bad.csv');
    const row = (id: string, rest: string) => `${account}-${id},${account},${rest}`;
    writeFileSync(
      path,
      [
        'trans_id,account_id,value_date,side,amount,currency,balance_after',
        row('1', '2020-01-01,credit,10.00,EUR,10.00'),
        row('2', '2020-02-31,credit,10.00,EUR,20.00'),
        row('3', '2020-01-02,sideways,10.00,EUR,20.00'),
        row('4', '2020-01-02,credit,1.234,EUR,20.00'),
        row('5', '2020-01-02,credit,-1.00,EUR,20.00'),
        row('6', '2020-01-02,credit,1.00,XXQ,20.00'),
        row('7', '2020-01-02,credit'),
        row('8', '2020-01-02,credit,1.00,USD,11.00'),
        `NOT AN ID,${account},2020-01-02,credit,1.00,EUR,11.00`,
        row('"x', '2020-01-02,credit,1.00,EUR,11.00'),
        row('9', '2020-01-03,debit,4.00,EUR,6.00'),
      ].join('\r\n'),
    );
    const { code, output } = await runImport(path);
    expect(code).toBe(1);
    expect(inReport(output, 'bad rows')).toBe('9');
    for (const line of [3, 4, 5, 6, 7, 8, 9, 10, 11]) expect(output).toMatch(`  line ${line}: `);
    expect(output).toContain('line 9: CurrencyMismatch');
    await expectStated([{ accountId: account, day: '2020-01-03', balance: '6.00' }]);
  });

  it('says of a row whose adjustment is refused that it was applied', async () => {
    const account = uniqueId('limited');
    await post(ledger.commandUrl, '/v1/accounts', { accountId: account, currency: 'EUR' });
    const path = join(folder, 'not-adjusted.csv');
    const header = 'trans_id,account_id,value_date,side,amount,currency,balance_after';
    writeFileSync(path, `${header}\n${account}-1,${account},2020-01-01,credit,10.00,EUR,-5.00\n`);
    const { code, output } = await runImport(path);
    expect(code).toBe(1);
    expect(inReport(output, 'new')).toBe('1');
    expect(inReport(output, 'not adjusted')).toBe('1');
    expect(inReport(output, 'bad rows')).toBe('0');
    expect(output).toContain(
      'line 2: the row was applied, its adjustment by -15.00 EUR refused: InsufficientFunds: ',
    );
    await expectStated([{ accountId: account, day: '2020-01-01', balance: '10.00' }]);
  });

  it('refuses what is no bank file with 2', async () => {
    const path = join(folder, 'other.csv');
    writeFileSync(path, 'a,b\n1,2\n');
    const { code, output } = await runImport(path);
    expect([code, output]).toEqual([2, expect.stringContaining('lacks the columns trans_id')]);
    expect((await runImport(join(folder, 'missing.csv'))).code).toBe(2);
    writeFileSync(path, '');
    expect((await runImport(path)).code).toBe(2);
    const nowhere = ledger.cli('import', path, '--url', 'nonsense');
    expect([await nowhere.exited, nowhere.output]).toEqual([2, expect.stringContaining('--url')]);
  });

  const bankFile = resolve(__dirname, '../../../../../shared/data/czech-bank-1993.csv');
  const whenThere = existsSync(bankFile) ? it : it.skip;
  whenThere(
    'agrees with a real bank on every account and day',
    async () => {
      const { code, output } = await runImport(bankFile);
      expect(code).toBe(0);
      expect(inReport(output, 'rows')).toBe('14125');
      expect(inReport(output, 'accounts')).toBe('858');
      expect(output).toContain('715 (net -17.70 CZK, absolute 71.50 CZK)');
      await expectStated(statedIn(readFileSync(bankFile, 'utf8')));
      expect(inReport((await runImport(bankFile)).output, 'new')).toBe('0');
      await expectVerified();
    },
    300_000,
  );
});

/** Whether a row's transaction is there already: sent again, it would be a repeat. */
async function isPosted(ledger: RunningLedger, row: readonly string[]): Promise<boolean> {
  const text = 'query($id: ID!) { transaction(id: $id) { id } }';
  return (await query(ledger, text, { id: row[0] })).transaction !== null;
}
