import { createServer } from 'node:net';
import { StoreFormatError, StoreLockedError } from './errors';
import { makeFolder } from './make-folder';
import { statusOfFailedStart, whyNotStarted } from './why-not-started';

const given = { data: 'folder', host: '127.0.0.1', port: 2113 };

const listenError = (host: string, port: number) =>
  new Promise<Error>((resolve) => {
    createServer().once('error', resolve).listen(port, host);
  });

const folderError = () => {
  try {
    return makeFolder(__filename);
  } catch (error) {
    return error;
  }
};

it('names the port that is taken and the argument that moves it', async () => {
  const holder = createServer();
  const port = await new Promise<number>((resolve) => {
    holder.listen(0, given.host, () => resolve((holder.address() as { port: number }).port));
  });
  const error = await listenError(given.host, port);
  holder.close();
  expect(whyNotStarted(error, { ...given, port })).toBe(
    `port ${port} of 127.0.0.1 is taken. Stop what listens there, or give --port another.`,
  );
});

it('names the arguments of an address that is not of this machine', async () => {
  const told = whyNotStarted(await listenError('192.0.2.1', 0), given);
  expect(told).toMatch(/192\.0\.2\.1.*\. Give --host and --port where it may listen\.$/);
});

it('names the folder that cannot be used', () => {
  expect(whyNotStarted(folderError(), given)).toMatch(
    /^--data folder cannot be used: EEXIST.+\. Give a folder that can be written to\.$/,
  );
});

it('says what to do about another start, and leaves all else as it is', () => {
  const holder = { pid: 7, command: 'embedded-kurrentdb', since: 'today' };
  expect(whyNotStarted(new StoreLockedError('/folder', holder), given)).toBe(
    'the data folder /folder is in use by process 7 (embedded-kurrentdb) since today. ' +
      'Stop it, or give --data another folder.',
  );
  expect(whyNotStarted(new Error('something else'), given)).toBe('something else');
});

it('tells a folder of another version from what may succeed another time', () => {
  const error = new StoreFormatError("/folder holds 'mongodb 9', this version reads 'mongodb 1'");
  expect(whyNotStarted(error, given)).toMatch(
    /Start the version that wrote it, or give it another/,
  );
  expect(statusOfFailedStart(error)).toBe(2);
  expect(statusOfFailedStart(new Error('something else'))).toBe(1);
});
