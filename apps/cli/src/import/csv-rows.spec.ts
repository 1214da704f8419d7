import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readBankRows } from './csv-rows';

const HEADER = 'trans_id,account_id,value_date,side,amount,currency,balance_after,operation';
const ROW = 't1,alice,2020-01-01,credit,10.00,EUR,10.00,';

describe('the rows of a bank file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'daybook-rows-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  const read = async (header: string, row: string | Buffer) => {
    const file = join(folder, 'bank.csv');
    writeFileSync(file, Buffer.concat([Buffer.from(`${header}\n`), Buffer.from(row)]));
    const rows = [];
    for await (const found of readBankRows(file)) rows.push(found);
    return rows;
  };

  it('are checked and keep the codes of the bank', async () => {
    const [row] = await read(HEADER, `${ROW}Příjem`);
    expect(row).toMatchObject({ line: 2, balanceAfter: 1000n, metadata: { operation: 'Příjem' } });
  });

  it('are refused with a code that is not UTF-8', async () => {
    const latin1 = Buffer.from(`${ROW}Überweisung`, 'latin1');
    expect(await read(HEADER, latin1)).toEqual([{ line: 2, reason: 'operation is not UTF-8' }]);
  });

  it.each([
    [`${ROW}"x`, 'opens a quote and does not close it'],
    [`${ROW}"x"y`, 'goes on behind a closing quote'],
  ])('are refused when misquoted: %s', async (row, reason) => {
    expect(await read(HEADER, row)).toEqual([{ line: 2, reason }]);
  });

  it('need a header that can be read and names no column of theirs twice', async () => {
    const twice = read(`${HEADER},amount`, `${ROW},99.00`);
    await expect(twice).rejects.toThrow('the header line names the column amount twice');
    await expect(read(`"${HEADER}`, ROW)).rejects.toThrow('the header line opens a quote');
    expect(await read(`${HEADER},,`, `${ROW}x,,`)).toMatchObject([{ transactionId: 't1' }]);
  });
});
