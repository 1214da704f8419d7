import { BadSettingsError, readConfig } from './config';

const refused = (env: NodeJS.ProcessEnv) => {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof BadSettingsError) return error.message;
  }
  throw new Error('was not refused');
};

it('takes empty for absent', () => {
  expect(readConfig({ COMMAND_PORT: '', DAYBOOK_DIR: '' })).toEqual(readConfig({}));
});

it.each(['abc', '0', '65536', '3001.5', '-1'])(
  'says that %s is no port, and what to do',
  (text) => {
    expect(refused({ COMMAND_PORT: text, QUERY_PORT: text })).toBe(
      'These settings are not right:\n' +
        '  COMMAND_PORT: must be a port: a whole number from 1 to 65535\n' +
        '  QUERY_PORT: must be a port: a whole number from 1 to 65535\n' +
        'Correct them or leave them out, then start again; .env.example lists every setting.',
    );
  },
);

it('says which ports are equal, also to a default', () => {
  expect(refused({ QUERY_PORT: '3001' })).toContain('QUERY_PORT: equals COMMAND_PORT (3001)');
});

it('needs no port for a store that somebody else runs', () => {
  const env = { COMMAND_PORT: '2113', KURRENTDB_URL: 'kurrentdb://host:2113?tls=false' };
  expect(readConfig(env).COMMAND_PORT).toBe(2113);
});
