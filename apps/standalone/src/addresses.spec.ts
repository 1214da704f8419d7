import { urlAt } from './addresses';

it.each([
  ['127.0.0.1', 'http://127.0.0.1:3001'],
  ['localhost', 'http://localhost:3001'],
  ['0.0.0.0', 'http://127.0.0.1:3001'],
  ['::', 'http://[::1]:3001'],
  ['fe80::1', 'http://[fe80::1]:3001'],
])('what listens on %s is called at %s', (host, url) => {
  expect(urlAt(host, 3001)).toBe(url);
});
