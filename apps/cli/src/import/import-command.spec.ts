import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { importCommand } from './import-command';

const NOBODY = 'http://127.0.0.1:1';

it.each([
  ['/no/such/file.csv', 'there is no such file'],
  [__dirname, 'is a folder'],
  [__filename, 'the header line lacks the columns trans_id, account_id'],
])('%s is told at once, also while no command service answers', async (file, problem) => {
  const lines: string[] = [];
  const spy = jest.spyOn(console, 'error').mockImplementation((line: string) => {
    lines.push(line);
  });
  const startedMs = performance.now();
  const status = await importCommand(file, NOBODY);
  spy.mockRestore();
  expect([status, lines]).toEqual([2, [expect.stringContaining(problem)]]);
  // The service would have been waited for for 10 s.
  expect(performance.now() - startedMs).toBeLessThan(5_000);
});

it('an address of another service is named, with what sets it', async () => {
  // Health as every service has it, and nothing to post a batch to.
  const other = createServer(({ url }, response) => {
    response.writeHead(url === '/health/live' ? 200 : 404).end();
  });
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
  const file = join(mkdtempSync(join(tmpdir(), 'daybook-import-')), 'one-row.csv');
  const header = 'trans_id,account_id,value_date,side,amount,currency,balance_after';
  writeFileSync(file, `${header}\nt-1,a-1,2026-01-02,credit,1.00,CZK,1.00\n`);
  const spy = jest.spyOn(console, 'error').mockImplementation(() => undefined);
  const status = await importCommand(file, url);
  const told = spy.mock.calls.flat();
  spy.mockRestore();
  other.close();
  rmSync(dirname(file), { recursive: true });
  expect([status, told]).toEqual([
    2,
    [`${file}: ${url} is no command service: set --url or COMMAND_URL to one`],
  ]);
});
