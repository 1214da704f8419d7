import { eventually, query, RunningLedger } from '@daybook/testing';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const root = join(__dirname, '../../../..');

const blocksOf = (page: string, kind: string): string[] => {
  const text = readFileSync(join(root, page), 'utf8');
  const blocks = text.matchAll(new RegExp(`^( *)\`\`\`${kind}\\n(.*?)^\\1\`\`\``, 'gms'));
  return [...blocks].map(([, , block = '']) => block);
};

/** Shell blocks, one after the other, against this ledger. */
async function run(blocks: readonly string[], ledger: RunningLedger): Promise<string> {
  const script = blocks
    .join('')
    .replaceAll('localhost:3001', new URL(ledger.commandUrl).host)
    .replaceAll('localhost:3002', new URL(ledger.queryUrl).host);
  return (await promisify(execFile)('bash', ['-ec', script])).stdout;
}

describe('what the documentation tells to paste', () => {
  let ledger: RunningLedger;
  beforeAll(async () => {
    ledger = await RunningLedger.start({ args: ['--demo'] });
  }, 120_000);
  afterAll(() => ledger.destroy());

  it('is taken by the ledger: how to use the commands', async () => {
    const output = await run(blocksOf('docs/how-to/use-the-commands.md', 'sh'), ledger);
    expect(output).toContain('"transactionId":"_void-order-1"');
    expect(output).toContain('event: projected');
    expect(output).not.toContain('urn:daybook:problem');
  }, 60_000);

  it('is answered as it says: the first steps of the README', async () => {
    const [commands = '', now = '', inMarch = ''] = blocksOf('README.md', 'sh').filter((block) =>
      block.startsWith('curl '),
    );
    expect(await run([commands], ledger)).toContain('"posted":"15.00"');
    await eventually(async () =>
      (await run([now], ledger)).includes('"balance":{"amount":"15.00"'),
    );
    expect(await run([inMarch], ledger)).toContain('"balance":{"amount":"5.00"}');
  }, 60_000);

  it('is answered as it says: the journeys in time of the tutorial', async () => {
    const [all = '', march = '', known = '', books = ''] = blocksOf(
      'docs/tutorial/first-ledger.md',
      'graphql',
    );
    const ask = async (text: string) => JSON.stringify(await query(ledger, text));
    const entries = await ask(all);
    const [, rent = ''] = /"-620\.00".*?"recordedAt":"([^"]+)"/.exec(entries) ?? [];
    expect(await ask(march)).toContain('"amount":"2519.99"');
    expect(await ask(known.replace('…', rent))).toMatch(/"amount":"2500\.00".*"final":true/);
    expect(await ask(books)).toContain('"currency":"EUR","sum":{"amount":"0.00"}');
  }, 60_000);
});
