// Builds one project into its own deployable folder: dist/apps/<app> or dist/libs/<lib>.
//   node tools/build/build.mjs <project>
// SWC compiles (Nest needs its decorator metadata), esbuild bundles our own code into one file an
// entry, npm packages stay outside: package.json and package-lock.json beside it name exactly them.
import { transform } from '@swc/core';
import { build } from 'esbuild';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prunedLock } from './pruned-lock.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const name = process.argv[2];
const folder = ['apps', 'libs']
  .map((kind) => `${kind}/${name}`)
  .find((f) => existsSync(join(root, f)));
if (!folder) {
  console.error(`no project named ${name} in apps/ or libs/`);
  process.exit(2);
}

const source = join(root, folder, 'src');
const out = join(root, 'dist', folder);
const entries = ['main.ts', 'index.ts', 'cli.ts']
  .map((file) => join(source, file))
  .filter(existsSync);
const swcOptions = JSON.parse(readFileSync(join(root, '.swcrc'), 'utf8'));

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
const { metafile } = await build({
  entryPoints: entries,
  outdir: out,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  sourcemap: true,
  sourcesContent: false,
  metafile: true,
  logLevel: 'warning',
  plugins: [{ name: 'daybook', setup: resolveAndCompile }],
});
copyAssets();
writeManifests(externalPackages(metafile));
console.log(`built ${name} into dist/${folder}`);

function resolveAndCompile({ onResolve, onLoad }) {
  onResolve({ filter: /^@daybook\// }, ({ path }) => ({
    path: join(root, 'libs', path.slice('@daybook/'.length), 'src/index.ts'),
  }));
  onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
    kind === 'entry-point' ? undefined : { path, external: true },
  );
  onLoad({ filter: /\.ts$/ }, async ({ path }) => {
    const code = await readFile(path, 'utf8');
    const compiled = await transform(code, {
      ...swcOptions,
      filename: path,
      module: { type: 'es6' },
      swcrc: false,
    });
    return { contents: compiled.code, loader: 'js' };
  });
}

/** assets.json: [{ from, to }], `from` in the project or in a package, `to` in the deployable. */
function copyAssets() {
  const list = join(root, folder, 'assets.json');
  if (!existsSync(list)) return;
  for (const { from, to } of JSON.parse(readFileSync(list, 'utf8'))) {
    const origin = [join(root, folder, from), join(root, from)].find(existsSync);
    if (!origin) throw new Error(`${folder}/assets.json names ${from}, which does not exist`);
    cpSync(origin, join(out, to), { recursive: true });
  }
}

function externalPackages(meta) {
  const imported = Object.values(meta.outputs).flatMap((o) => o.imports.map((i) => i.path));
  const packages = imported
    .filter((path) => !path.startsWith('node:') && !builtinModules.includes(path.split('/')[0]))
    .map((path) =>
      path
        .split('/')
        .slice(0, path.startsWith('@') ? 2 : 1)
        .join('/'),
    );
  const declared = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
  return [...new Set([...packages, ...Object.keys(declared.dependencies ?? {})])].sort();
}

function writeManifests(packages) {
  const own = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const { overrides } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const manifest = {
    ...own,
    overrides,
    main: existsSync(join(out, 'main.js')) ? 'main.js' : 'index.js',
    dependencies: Object.fromEntries(
      packages.map((p) => {
        const locked = lock.packages[`node_modules/${p}`];
        if (!locked) throw new Error(`${name} imports ${p}, which is not in package-lock.json`);
        return [p, locked.version];
      }),
    ),
  };
  const write = (file, value) =>
    writeFileSync(join(out, file), `${JSON.stringify(value, null, 2)}\n`);
  write('package.json', manifest);
  write('package-lock.json', prunedLock(lock, manifest));
  if (existsSync(join(root, folder, 'README.md'))) {
    cpSync(join(root, folder, 'README.md'), join(out, 'README.md'));
  }
  if (existsSync(join(root, folder, 'bin'))) {
    cpSync(join(root, folder, 'bin'), join(out, 'bin'), { recursive: true });
  }
}
