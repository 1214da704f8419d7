#!/usr/bin/env node
// Committed so that npm can link it before the first build.
const { existsSync } = require('node:fs');
const { join } = require('node:path');

const built = join(__dirname, '..', '..', '..', 'dist', 'libs', 'embedded-mongodb', 'cli.js');
if (!existsSync(built)) {
  console.error(
    'embedded-mongodb is not built yet: run `npm run build` at the root of the repository',
  );
  process.exit(1);
}
require(built);
require('../../embedded-store/bin/end-with-npx.js');
