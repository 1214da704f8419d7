import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readConfig } from './config';
import { partsOf } from './parts';

const text = (file: string) => readFileSync(join(__dirname, '../../..', file), 'utf8');

const services = partsOf(readConfig({}), '').filter(({ readyPath }) => readyPath !== undefined);

it('an image starts its service with the flags of npm start', () => {
  const command = JSON.parse(/^CMD (\[.*\])$/m.exec(text('Dockerfile'))?.[1] ?? '[]');
  for (const { nodeArgs } of services) {
    expect(command).toEqual(['node', '--enable-source-maps', ...nodeArgs, 'main.js']);
  }
});

it('docker-compose.yml builds every service, on its usual port', () => {
  const built = text('docker-compose.yml').matchAll(/SERVICE: (\w+), PORT: (\d+)/g);
  const expected = services.map(({ name, port }) => [name, String(port)]);
  expect([...built].map(([, name, port]) => [name, port])).toEqual(expected);
});
