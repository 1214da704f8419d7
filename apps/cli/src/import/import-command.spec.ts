import { importCommand } from './import-command';

const NOBODY = 'http://127.0.0.1:1';

it.each([
  ['/no/such/file.csv', 'ENOENT'],
  [__dirname, 'EISDIR'],
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
