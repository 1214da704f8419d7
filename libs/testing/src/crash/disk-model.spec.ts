import { DiskModel, applied, everythingSurvives, type Survival } from './disk-model';
import { parseTrace, type TracedCall } from './system-calls';

const hex = (text: string) =>
  [...Buffer.from(text)].map((b) => `\\x${b.toString(16).padStart(2, '0')}`).join('');
const fd = (n: number, path: string) => `${n}<${hex(path)}>`;
const trace = (...lines: string[]) => parseTrace(lines.map((line) => `12 ${line}`).join('\n'));
const nothingSurvives: Survival = { names: () => 0, content: () => [] };

const followed = (calls: TracedCall[]) => {
  const disk = new DiskModel('/d');
  for (const call of calls) disk.apply(call);
  return (survival: Survival) =>
    Object.fromEntries([...disk.image(survival)].map(([path, bytes]) => [path, bytes.toString()]));
};
const create = `openat(AT_FDCWD<${hex('/x')}>, "${hex('/d/f')}", O_RDWR|O_CREAT, 0644) = ${fd(5, '/d/f')}`;
const syncFolder = `fsync(${fd(9, '/d')}) = 0`;
const pwrite = (text: string, offset: number, n = 5) =>
  `pwrite64(${fd(n, '/d/f')}, "${hex(text)}", ${text.length}, ${offset}) = ${text.length}`;

test('a write survives for sure only after a sync', () => {
  const image = followed(
    trace(
      create,
      syncFolder,
      pwrite('one', 0),
      `fdatasync(${fd(5, '/d/f')}) = 0`,
      pwrite('two', 3),
    ),
  );
  expect(image(everythingSurvives)).toEqual({ f: 'onetwo' });
  expect(image(nothingSurvives)).toEqual({ f: 'one' });
});

test('an O_DSYNC write survives alone, over what was pending below it', () => {
  const second = create.replace('O_RDWR|O_CREAT', 'O_WRONLY|O_DSYNC').replace('= 5<', '= 6<');
  const image = followed(trace(create, syncFolder, second, pwrite('aaaa', 0), pwrite('bb', 1, 6)));
  expect(image(nothingSurvives)).toEqual({ f: '\0bb' });
  expect(image(everythingSurvives)).toEqual({ f: 'abba' });
});

test('a name survives for sure only after a sync of its folder; names survive in order', () => {
  const rename = `rename("${hex('/d/f')}", "${hex('/d/g')}") = 0`;
  const calls = trace(create, pwrite('one', 0), `fsync(${fd(5, '/d/f')}) = 0`, rename);
  expect(followed(calls)(nothingSurvives)).toEqual({});
  expect(followed(calls)({ ...nothingSurvives, names: () => 1 })).toEqual({ f: 'one' });
  expect(followed([...calls, ...trace(syncFolder)])(nothingSurvives)).toEqual({ g: 'one' });
});

test('writev goes where the last seek went, and unfinished calls are put together', () => {
  const calls = parseTrace(
    [
      `12 ${create}`,
      `12 lseek(${fd(5, '/d/f')}, 2, SEEK_SET) = 2`,
      `12 writev(${fd(5, '/d/f')}, [{iov_base="${hex('ab')}", iov_len=2} <unfinished ...>`,
      `13 pwrite64(${fd(5, '/d/f')}, "${hex('z')}", 1, 0) = 1`,
      `12 <... writev resumed>, {iov_base="${hex('c')}", iov_len=1}], 2) = 3`,
    ].join('\n'),
  );
  expect(followed(calls)(everythingSurvives)).toEqual({ f: 'z\0abc' });
});

test('failed calls change nothing, and writable mappings are refused', () => {
  expect(trace(`fsync(${fd(5, '/d/f')}) = -1 EIO (Input/output error)`)).toEqual([]);
  const map = `mmap(NULL, 4096, PROT_READ|PROT_WRITE, MAP_SHARED, ${fd(5, '/d/f')}, 0) = 0x7f00`;
  expect(() => followed(trace(create, map.replace('0x7f00', '12')))).toThrow(/mapping/);
});

test('truncation cuts and grows with zeros', () => {
  const cut = { kind: 'truncate', size: 1 } as const;
  const write = { kind: 'write', offset: 2, data: Buffer.from('c') } as const;
  expect(applied(Buffer.from('ab'), [cut, write]).toString()).toBe('a\0c');
});
