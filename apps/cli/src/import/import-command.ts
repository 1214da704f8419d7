import { ServiceUnusable } from './batch-client';
import { NotABankFile } from './lines';
import { FileImport } from './import-file';

const PROGRESS_EVERY_MS = 1_000;

/**
 * `daybook import FILE`: 0 clean, 1 with refused rows or adjustments, 2 when it could not run to
 * the end.
 */
export async function importCommand(file: string, url: string): Promise<number> {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  const running = new FileImport(url, stop.signal);
  const timer = setInterval(() => {
    if (running.report.rows > 0) process.stderr.write(`${running.report.progress()}\n`);
  }, PROGRESS_EVERY_MS);
  try {
    await running.run(file);
  } catch (error) {
    if (!(error instanceof ServiceUnusable || error instanceof NotABankFile)) throw error;
    console.error(`${file}: ${error.message}`);
    if (running.report.settled === 0) return 2;
    stop.abort();
  } finally {
    clearInterval(timer);
  }
  console.log(running.report.lines().join('\n'));
  if (stop.signal.aborted) {
    console.error(
      'The import did not finish. Run it again: what is there already is not repeated.',
    );
    return 2;
  }
  return running.report.refused > 0 ? 1 : 0;
}
