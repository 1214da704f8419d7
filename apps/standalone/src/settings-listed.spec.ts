import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '../../..');
const text = (file: string) => readFileSync(join(root, file), 'utf8');

/** Where an app reads its settings: lint allows `process.env` in config modules only. */
const readerOf = (app: string) => `apps/${app}/src/config.ts`;

/** A schema's field, or a variable by its name as text. */
const read = /^ +([A-Z][A-Z0-9_]+):|'([A-Z][A-Z0-9_]+)'/gm;

const namesIn = (file: string, pattern: RegExp) =>
  [...text(file).matchAll(pattern)].map(([, one, two]) => one ?? two);

it('.env.example lists every setting that is read, and no other', () => {
  const listed = namesIn('.env.example', /^# ([A-Z][A-Z0-9_]+)=/gm);
  expect(listed).toEqual([...new Set(listed)]);
  const apps = readdirSync(join(root, 'apps')).filter((name) => !name.startsWith('.'));
  const readers = [...apps.map(readerOf), 'libs/platform/src/config/service-fields.ts'];
  const known = new Set(readers.flatMap((file) => namesIn(file, read)));
  expect([...listed].sort()).toEqual([...known].sort());
});

it('the reference of the services lists every metric and every code of GraphQL errors', () => {
  const page = text('docs/reference/services.md');
  const named = [
    ...namesIn('apps/command/src/ledger/runner-metrics.ts', /name: '(\w+)'/g),
    ...namesIn('apps/projector/src/projecting/progress-metrics.ts', /name: '(\w+)'/g),
    ...namesIn('libs/platform/src/metrics/service-metrics.ts', /name: '(\w+)'/g),
    ...namesIn('apps/query/src/answers/errors.ts', /: '([A-Z_]+)'/g),
    ...namesIn('apps/projector/src/projecting/progress.ts', /'([A-Z][a-z]\w+)'/g),
  ];
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});
