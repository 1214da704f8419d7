import { RunningLedger } from '@daybook/testing';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const root = join(__dirname, '../../../..');

/** The shell blocks of a page, one after the other, against this ledger. */
async function run(page: string, ledger: RunningLedger): Promise<string> {
  const text = readFileSync(join(root, page), 'utf8');
  const script = [...text.matchAll(/^```sh\n(.*?)^```/gms)]
    .map(([, block]) => block)
    .join('')
    .replaceAll('localhost:3001', new URL(ledger.commandUrl).host);
  return (await promisify(execFile)('bash', ['-ec', script])).stdout;
}

describe('what the documentation tells to paste', () => {
  let ledger: RunningLedger;
  beforeAll(async () => {
    ledger = await RunningLedger.start({ args: ['--demo'] });
  }, 120_000);
  afterAll(() => ledger.destroy());

  it('is taken by the ledger: how to use the commands', async () => {
    const output = await run('docs/how-to/use-the-commands.md', ledger);
    expect(output).toContain('"transactionId":"_void-order-1"');
    expect(output).toContain('event: projected');
    expect(output).not.toContain('urn:daybook:problem');
  }, 60_000);
});
