import { readArguments } from './arguments';

const read = (line: string) => readArguments(line.split(' ').filter(Boolean));

describe('the command line', () => {
  it('is a command with what it takes', () => {
    expect(read('import bank.csv --url http://there')).toEqual({
      command: 'import',
      file: 'bank.csv',
      values: { url: 'http://there' },
    });
    expect(read('verify --kurrentdb k --mongodb m')).toMatchObject({ command: 'verify' });
    expect(read('reset --dir d --yes').values).toEqual({ dir: 'd', yes: true });
    expect(read('verify --url http://there').command).toBe('verify');
    expect(read('rebuild --back')).toMatchObject({ command: 'rebuild', values: { back: true } });
    expect(read('verify x --help').command).toBe('help');
    expect(read('--version').command).toBe('version');
  });

  it.each([
    ['', 'name a command'],
    ['import', 'import takes one FILE'],
    ['import one two', 'import takes one FILE'],
    ['rebuild x', 'rebuild takes no x'],
    ['reset extra --yes', 'reset takes no extra'],
    ['verify --dir d', 'verify takes no --dir'],
    ['verify --back', 'verify takes no --back'],
    ['rebuild --back 1', 'rebuild takes no 1'],
    ['import bank.csv --dir d', 'import takes no --dir'],
    ['undo', 'there is no command undo'],
    ['verify --bogus', "Unknown option '--bogus'"],
    ['verify --mongodb', "Option '--mongodb <value>' argument missing"],
  ])('is refused as "%s": %s', (line, problem) => {
    expect(() => read(line)).toThrow(problem);
  });
});
