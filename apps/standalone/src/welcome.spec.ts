import { readConfig } from './config';
import { welcome } from './welcome';

const KURRENTDB_URL = 'kurrentdb://ops:secret@host:2113?tls=false';
const MONGODB_URL = 'mongodb://ops:secret@host:27017/daybook';

it.each([
  [{}, '.daybook.'],
  [{ KURRENTDB_URL }, '.daybook and the store of KURRENTDB_URL.'],
  [{ KURRENTDB_URL, MONGODB_URL }, 'the stores of KURRENTDB_URL and MONGODB_URL.'],
])('says where the data is with %j', (env, places) => {
  const text = welcome(readConfig(env));
  expect(text).toContain(`Ctrl-C stops everything; the data stays in ${places}\n`);
  expect(text).not.toContain('secret');
});

it('names addresses that can be opened', () => {
  expect(welcome(readConfig({ HOST: '::' }))).toContain('http://[::1]:3002/graphql');
});
