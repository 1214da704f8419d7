/** One finished system call that can change a disk, as strace saw it. */
export type SystemCall =
  | { call: 'write'; fd: number; path: string; data: Buffer; offset?: number; written: number }
  | { call: 'seek'; fd: number; path: string; offset: number }
  | { call: 'sync'; fd: number; path: string }
  | { call: 'truncate'; fd: number; path: string; size: number }
  | { call: 'open'; fd: number; path: string; flags: readonly string[] }
  | { call: 'rename'; from: string; to: string }
  | { call: 'remove'; path: string }
  | { call: 'makeFolder'; path: string }
  | { call: 'mapShared'; path: string };

/** A call with where in the trace it began and ended; both are line numbers. */
export type TracedCall = SystemCall & { readonly begun: number; readonly ended: number };

/** The calls to ask strace for, so that `parseTrace` sees every change of a disk. */
export const tracedCalls = [
  ...['openat', 'open', 'creat', 'lseek', 'write', 'pwrite64', 'writev', 'pwritev', 'pwritev2'],
  ...['fsync', 'fdatasync', 'ftruncate', 'rename', 'renameat', 'renameat2', 'unlink', 'unlinkat'],
  ...['rmdir', 'mkdir', 'mkdirat', 'mmap', 'io_uring_setup', 'copy_file_range', 'fallocate'],
] as const;

/** Calls that would change files without the parser understanding how: better to fail than to miss. */
const notUnderstood = new Set(['io_uring_setup', 'copy_file_range', 'fallocate']);

const linePattern = /^(\d+)\s+(.*)$/;
const resumedPattern = /^<\.\.\. (\w+) resumed>(.*)$/;
const callPattern = /^(\w+)\((.*)\)\s+= (-?\d+)/;
const fdPattern = /^(\d+)<((?:\\x[0-9a-f]{2})*)[^>]*>(?:, )?(.*)$/;
const stringPattern = /"((?:\\x[0-9a-f]{2})*)"/g;

/** Reads the output of `strace -f -y -xx`; failed calls are left out. */
export function parseTrace(trace: string): TracedCall[] {
  const unfinished = new Map<string, { text: string; begun: number }>();
  const calls: TracedCall[] = [];
  for (const [number, line] of trace.split('\n').entries()) {
    const [, pid = '', rest = ''] = linePattern.exec(line) ?? [];
    if (rest.endsWith('<unfinished ...>')) {
      const text = rest.slice(0, -'<unfinished ...>'.length).trimEnd();
      unfinished.set(pid, { text, begun: number });
      continue;
    }
    const resumed = resumedPattern.exec(rest);
    const start = resumed ? unfinished.get(pid) : undefined;
    if (resumed) unfinished.delete(pid);
    const text = resumed ? `${start?.text ?? ''}${resumed[2] ?? ''}` : rest;
    const call = parseCall(text);
    if (call) calls.push({ ...call, begun: start?.begun ?? number, ended: number });
  }
  return calls;
}

function parseCall(text: string): SystemCall | undefined {
  const [, name, args = '', result] = callPattern.exec(text) ?? [];
  if (!name || Number(result) < 0) return undefined;
  if (notUnderstood.has(name)) throw new Error(`the recorder does not understand ${name}`);
  const strings = [...args.matchAll(stringPattern)].map((match) => bytesOf(match[1] ?? ''));
  const path = (index: number) => strings[index]?.toString() ?? '';
  switch (name) {
    case 'open':
    case 'openat':
    case 'creat':
      return opened(name, args, Number(result), path(0));
    case 'rename':
    case 'renameat':
    case 'renameat2':
      return { call: 'rename', from: path(0), to: path(1) };
    case 'unlink':
    case 'unlinkat':
    case 'rmdir':
      return { call: 'remove', path: path(0) };
    case 'mkdir':
    case 'mkdirat':
      return { call: 'makeFolder', path: path(0) };
    case 'mmap':
      return mapped(args);
    default:
      return onDescriptor(name, args, strings, Number(result));
  }
}

function opened(name: string, args: string, fd: number, path: string): SystemCall {
  const flags = /O_[A-Z_|]+/.exec(args)?.[0]?.split('|') ?? [];
  return { call: 'open', fd, path, flags: name === 'creat' ? ['O_CREAT', 'O_TRUNC'] : flags };
}

function mapped(args: string): SystemCall | undefined {
  if (!args.includes('PROT_WRITE') || !args.includes('MAP_SHARED')) return undefined;
  const [, path] = /\d+<((?:\\x[0-9a-f]{2})+)>/.exec(args) ?? [];
  return path ? { call: 'mapShared', path: bytesOf(path).toString() } : undefined;
}

function onDescriptor(
  name: string,
  args: string,
  strings: Buffer[],
  result: number,
): SystemCall | undefined {
  const [, fdText, hexPath, rest = ''] = fdPattern.exec(args) ?? [];
  if (fdText === undefined) return undefined;
  const fd = Number(fdText);
  const path = bytesOf(hexPath ?? '').toString();
  const lastNumber = () => Number(/(\d+)\s*$/.exec(rest)?.[1]);
  switch (name) {
    case 'fsync':
    case 'fdatasync':
      return { call: 'sync', fd, path };
    case 'lseek':
      return { call: 'seek', fd, path, offset: result };
    case 'ftruncate':
      return { call: 'truncate', fd, path, size: lastNumber() };
    case 'write':
    case 'writev':
      return { call: 'write', fd, path, data: Buffer.concat(strings), written: result };
    case 'pwrite64':
    case 'pwritev': {
      const offset = lastNumber();
      return { call: 'write', fd, path, data: Buffer.concat(strings), offset, written: result };
    }
    default:
      throw new Error(`the recorder does not understand ${name}`);
  }
}

const bytesOf = (hex: string): Buffer => Buffer.from(hex.replaceAll('\\x', ''), 'hex');
