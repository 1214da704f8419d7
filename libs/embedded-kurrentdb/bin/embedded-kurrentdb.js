#!/usr/bin/env node
// Committed, so that npm links the command at install time; the server itself is built.
const { existsSync } = require('node:fs');
const { join } = require('node:path');

const cli = join(__dirname, '../../../dist/libs/embedded-kurrentdb/cli.js');
if (!existsSync(cli)) {
  console.error('embedded-kurrentdb is not built yet: run `npm run build` at the repository root');
  process.exit(1);
}
require(cli);
require('../../embedded-store/bin/end-with-npx.js');
