import { buildSync } from 'esbuild';
import { basename, join, resolve } from 'node:path';

const root = resolve(__dirname, '../../../..');

/**
 * Bundles a TypeScript script so that plain node can run it in a process of its own; returns its path.
 * Packages stay outside the bundle and are found from the workspace's root.
 */
export function bundledScript(source: string, packages: readonly string[]): string {
  const name = basename(source).replace(/\.ts$/, '.cjs');
  const outfile = join(root, 'node_modules/.cache/daybook', `${process.pid}-${name}`);
  buildSync({
    entryPoints: [source],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    logLevel: 'error',
    external: [...packages],
    tsconfig: join(root, 'tsconfig.base.json'),
  });
  return outfile;
}
