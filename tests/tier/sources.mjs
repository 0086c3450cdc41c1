// The second tier's TypeScript as scripts, beside each other in target/tier.

import * as esbuild from 'esbuild';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const [source, outdir] = [join(root, 'pkg-template/src/tier'), join(root, 'target/tier')];

/** Makes the scripts. */
export async function build() {
  const entryPoints = ['memory', 'redis', 'suite'].map((name) => join(source, `${name}.ts`));
  const entries = entryPoints.map((path) => path);
  await esbuild.build({
    entryPoints: entries,
    outdir,
    bundle: true,
    format: 'esm',
    target: 'es2022',
    outExtension: { '.js': '.mjs' },
  });
}

const load = (name) => import(join(outdir, `${name}.mjs`));
await build();
export const { MemoryStore } = await load('memory');
export const { redis } = await load('redis');
export const { storeSuite } = await load('suite');
