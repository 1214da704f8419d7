import { type Arguments, readArguments } from './arguments';
import { readConfig } from './config';
import { importCommand } from './import/import-command';
import { backCommand } from './rebuild/back-command';
import { rebuildCommand } from './rebuild/rebuild-command';
import { resetCommand } from './reset/reset-command';
import { withStores } from './stores/with-stores';
import { verifyCommand } from './verify/verify-command';
import { version } from '../package.json';

const usage = `npm run daybook -- COMMAND [options]

  import FILE     import a bank's CSV file through the command service
  verify          recompute every view from the log, check the ledger's laws, name each difference
  rebuild         build every view again from the log; the views before are kept
  rebuild --back  let the kept views answer again, at once
  reset           empty a local ledger that is not running, after asking

  --url URL         the command service (import; COMMAND_URL, else the local ledger's)
  --kurrentdb URL   the event store (verify, rebuild; KURRENTDB_URL, else the local ledger's)
  --mongodb URL     the view store (verify, rebuild; MONGODB_URL, else the local ledger's)
  --dir DIR         the local ledger's folder (reset; DAYBOOK_DIR, else .daybook)
  --yes             do not ask (reset)
  --help, --version

The local ledger's ports are those of npm start: COMMAND_PORT (3001), EMBEDDED_KURRENTDB_PORT (2113)
and EMBEDDED_MONGODB_PORT (27017).

Exit status: 0 clean, 1 refused rows or differences, 2 could not run, or could not
tell differences from what was written meanwhile (verify).`;

async function main(): Promise<number> {
  let given: Arguments;
  try {
    given = readArguments(process.argv.slice(2));
  } catch (error) {
    return misused(error instanceof Error ? error.message : String(error));
  }
  const { command, file, values } = given;
  const config = readConfig();
  const stores = {
    kurrentdb: values.kurrentdb ?? config.kurrentUrl,
    mongodb: values.mongodb ?? config.mongoUrl,
  };
  switch (command) {
    case 'version':
      return print(version);
    case 'help':
      return print(usage);
    case 'import':
      return importCommand(file, (values.url ?? config.url).replace(/\/+$/, ''));
    case 'verify':
      return withStores(stores, verifyCommand);
    case 'rebuild':
      return withStores(stores, values.back ? backCommand : rebuildCommand);
    case 'reset':
      return resetCommand(values.dir ?? config.folder, values.yes ?? false);
  }
}

function print(text: string): number {
  console.log(text);
  return 0;
}

function misused(problem: string): number {
  console.error(`${problem}\nWhat there is: npm run daybook -- --help`);
  return 2;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(2);
  },
);
