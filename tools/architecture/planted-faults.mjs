// Proves that every wall stands: plants one fault a wall, lints, and expects each to be found.
import { ESLint } from 'eslint';
import { rmSync, writeFileSync } from 'node:fs';
import tseslint from 'typescript-eslint';

const walls = '@nx/enforce-module-boundaries';
const faults = [
  ['libs/kernel', "import { z } from 'zod';\nexport const x = z;", walls],
  ['libs/kernel', "import { x } from '@daybook/ledger-contracts';\nexport const y = x;", walls],
  [
    'libs/ledger-contracts',
    "import { x } from '@daybook/ledger-domain';\nexport const y = x;",
    walls,
  ],
  ['libs/ledger-contracts', "import { x } from 'mongodb';\nexport const y = x;", walls],
  ['libs/ledger-domain', "import { x } from 'zod';\nexport const y = x;", walls],
  ['libs/ledger-domain', "import { x } from '@daybook/read-model';\nexport const y = x;", walls],
  ['libs/read-model', "import { x } from '@daybook/ledger-domain';\nexport const y = x;", walls],
  ['libs/event-store', "import { x } from '@nestjs/common';\nexport const y = x;", walls],
  [
    'libs/event-store',
    "import { x } from '@kurrent/kurrentdb-client';\nexport const y = x;",
    walls,
  ],
  ['libs/subscription', "import { x } from 'mongodb';\nexport const y = x;", walls],
  ['libs/event-store-kurrentdb', "import { x } from '@nestjs/common';\nexport const y = x;", walls],
  ['libs/read-store-mongo', "import { x } from '@nestjs/common';\nexport const y = x;", walls],
  ['libs/platform', "import { x } from '@daybook/ledger-domain';\nexport const y = x;", walls],
  ['libs/embedded-kurrentdb', "import { x } from '@daybook/kernel';\nexport const y = x;", walls],
  [
    'libs/embedded-mongodb',
    "import { x } from '@daybook/event-store';\nexport const y = x;",
    walls,
  ],
  ['apps/command', "import { x } from '@kurrent/kurrentdb-client';\nexport const y = x;", walls],
  ['apps/command', "import { x } from '@daybook/read-model';\nexport const y = x;", walls],
  ['apps/query', "import { x } from 'mongodb';\nexport const y = x;", walls],
  ['apps/query', "import { x } from '@daybook/ledger-domain';\nexport const y = x;", walls],
  ['apps/projector', "import { x } from '@daybook/testing';\nexport const y = x;", walls],
  ['libs/kernel', 'export const x = Date.now();', 'no-restricted-properties'],
  ['libs/ledger-domain', 'export const x = new Date();', 'no-restricted-syntax'],
  ['libs/ledger-domain', 'export const x = Math.random();', 'no-restricted-properties'],
  [
    'libs/read-model',
    "import { readFileSync } from 'node:fs';\nexport const x = readFileSync;",
    'no-restricted-imports',
  ],
  [
    'libs/ledger-contracts',
    "import { randomUUID } from 'crypto';\nexport const x = randomUUID;",
    'no-restricted-imports',
  ],
  ['libs/event-store', "export const x = process.env['PORT'];", 'no-restricted-syntax'],
];

const planted = faults.map(([folder, code, rule], i) => {
  const file = `${folder}/src/planted-fault-${i}.ts`;
  writeFileSync(file, `${code}\n`);
  return { file, rule };
});
try {
  process.env.NX_DAEMON = 'false';
  // No wall needs types, and making a program for them takes longer than all the rest.
  const eslint = new ESLint({ overrideConfig: tseslint.configs.disableTypeChecked });
  const results = await eslint.lintFiles(planted.map(({ file }) => file));
  const missed = planted.filter(({ file, rule }) => {
    const found = results.find(({ filePath }) => filePath.endsWith(file));
    return !found?.messages.some(({ ruleId }) => ruleId === rule);
  });
  for (const { file, rule } of missed) {
    const index = planted.findIndex((p) => p.file === file);
    console.error(`${rule} let this pass in ${faults[index][0]}:\n${faults[index][1]}`);
  }
  console.log(`${planted.length - missed.length} of ${planted.length} planted faults found`);
  process.exitCode = missed.length === 0 ? 0 : 1;
} finally {
  for (const { file } of planted) rmSync(file, { force: true });
}
