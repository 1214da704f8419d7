import { StoreFormatError, StoreLockedError } from './errors';

/** What the command line of a store was given. */
export interface StartArguments {
  readonly data: string;
  readonly host: string;
  readonly port: number;
}

/** Why a store's command could not start, with the argument to change. */
export function whyNotStarted(error: unknown, { data, host, port }: StartArguments): string {
  const { code, syscall, message } = error as NodeJS.ErrnoException;
  if (error instanceof StoreLockedError) {
    return `${message}. Stop it, or give --data another folder.`;
  }
  if (error instanceof StoreFormatError) {
    return `${message}. Start the version that wrote it, or give it another folder.`;
  }
  if (code === 'EADDRINUSE') {
    return `port ${port} of ${host} is taken. Stop what listens there, or give --port another.`;
  }
  if (syscall === 'listen' || syscall === 'getaddrinfo') {
    return `${message}. Give --host and --port where it may listen.`;
  }
  if (syscall === 'mkdir' || syscall === 'open') {
    return `--data ${data} cannot be used: ${message}. Give a folder that can be written to.`;
  }
  return message;
}

/** The exit status: 2 when no start with the same arguments can succeed, however often it is tried. */
export const statusOfFailedStart = (error: unknown): 1 | 2 =>
  error instanceof StoreFormatError ? 2 : 1;
