import { parseArgs } from 'node:util';

const options = {
  url: { type: 'string' },
  kurrentdb: { type: 'string' },
  mongodb: { type: 'string' },
  dir: { type: 'string' },
  back: { type: 'boolean' },
  yes: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const;

type Command = 'import' | 'verify' | 'rebuild' | 'reset';

interface Taken {
  readonly file: boolean;
  readonly options: readonly string[];
}

/** What each command takes; `--url` all of them, so that scripts need not tell them apart. */
const commands: Readonly<Record<Command, Taken>> = {
  import: { file: true, options: ['url'] },
  verify: { file: false, options: ['url', 'kurrentdb', 'mongodb'] },
  rebuild: { file: false, options: ['url', 'kurrentdb', 'mongodb', 'back'] },
  reset: { file: false, options: ['url', 'dir', 'yes'] },
};

/** A command with its file, empty where it takes none, and the options that were given. */
export type Arguments = ReturnType<typeof readArguments>;

/**
 * The command line, read. Throws, with what is wrong, for all that its command does not take:
 * an ignored `--mongodb` would let it run on another ledger than the one meant.
 */
export function readArguments(args: readonly string[]) {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options });
  const [command = '', ...rest] = positionals;
  if (values.version) return { command: 'version', file: '', values } as const;
  if (values.help) return { command: 'help', file: '', values } as const;
  if (!isCommand(command)) {
    throw new Error(command ? `there is no command ${command}` : 'name a command');
  }
  const taken = commands[command];
  const option = Object.keys(values).find((name) => !taken.options.includes(name));
  if (option) throw new Error(`${command} takes no --${option}`);
  if (taken.file && (rest.length !== 1 || !rest[0])) throw new Error(`${command} takes one FILE`);
  if (!taken.file && rest.length > 0) throw new Error(`${command} takes no ${rest.join(' ')}`);
  return { command, file: rest[0] ?? '', values };
}

const isCommand = (name: string): name is Command => Object.hasOwn(commands, name);
