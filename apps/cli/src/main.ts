import { parseArgs } from 'node:util';
import { readConfig } from './config';
import { importCommand } from './import/import-command';
import { rebuildCommand } from './rebuild/rebuild-command';
import { resetCommand } from './reset/reset-command';
import { withStores } from './stores/with-stores';
import { verifyCommand } from './verify/verify-command';
import { version } from '../package.json';

const usage = `npm run daybook -- COMMAND [options]

  import FILE     import a bank's CSV file through the command service
  verify          recompute every view from the log, check the ledger's laws, name each difference
  rebuild         build every view again from the log
  reset           empty a local ledger that is not running, after asking

  --url URL         the command service (http://127.0.0.1:3001)
  --kurrentdb URL   the event store (verify, rebuild)
  --mongodb URL     the view store (verify, rebuild)
  --dir DIR         the local ledger's folder (reset; .daybook)
  --yes             do not ask (reset)
  --help, --version

Exit status: 0 clean, 1 refused rows or differences, 2 could not run.`;

async function main(): Promise<number> {
  const config = readConfig();
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      url: { type: 'string', default: config.url },
      kurrentdb: { type: 'string', default: config.kurrentUrl },
      mongodb: { type: 'string', default: config.mongoUrl },
      dir: { type: 'string', default: config.folder },
      yes: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h' },
      version: { type: 'boolean' },
    },
  });
  const [command, ...rest] = positionals;
  if (values.version) return print(version);
  if (values.help) return print(usage);
  switch (command) {
    case 'import':
      if (rest.length !== 1 || !rest[0]) return misused('import takes one FILE');
      return importCommand(rest[0], values.url.replace(/\/+$/, ''));
    case 'verify':
      return withStores(values, verifyCommand);
    case 'rebuild':
      return withStores(values, rebuildCommand);
    case 'reset':
      return resetCommand(values.dir, values.yes);
    default:
      return misused(command ? `there is no command ${command}` : 'name a command');
  }
}

function print(text: string): number {
  console.log(text);
  return 0;
}

function misused(problem: string): number {
  console.error(`${problem}\n\n${usage}`);
  return 2;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(2);
  },
);
