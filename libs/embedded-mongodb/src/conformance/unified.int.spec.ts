import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmbeddedMongoDB, startEmbeddedMongoDB } from '../index';
import { unifiedTestsFolder } from './config';
import { parseUnifiedFile, runUnifiedFile } from './unified-runner.fixture';

const groups = [
  'crud',
  'retryable-writes',
  'retryable-reads',
  'index-management',
  'collection-management',
];
const given = unifiedTestsFolder();
const folders = [
  join(__dirname, 'cases'),
  ...(given ? groups.map((group) => join(given, group)).filter(existsSync) : []),
];
// The Node driver never sends a null _id: it replaces it with one of its own.
const differsInDriver = ['create-null-ids.json'];
const files = folders.flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.json') && !differsInDriver.includes(name))
    .map((name) => join(folder, name)),
);

let dataDir: string;
let server: EmbeddedMongoDB;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'embedded-mongodb-'));
  server = await startEmbeddedMongoDB({ dataDir, port: 0 });
});
afterAll(async () => {
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

describe('the tests of the driver specifications', () => {
  test.each(files)('%s', async (file) => {
    const verdicts = await runUnifiedFile(parseUnifiedFile(readFileSync(file, 'utf8')), server.url);
    const failed = verdicts.filter((verdict) => verdict.outcome === 'failed');
    expect(failed).toEqual([]);
  });
});
