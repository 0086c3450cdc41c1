// The page's script: the contenders and the loops of the other cases, as a program would have them in a page.

import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const path = (name) => fileURLToPath(new URL(name, import.meta.url));

/** Bundles the script. Returns its text. */
export async function bundlePage() {
  const { outputFiles } = await build({
    entryPoints: [path('page.mjs')],
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'esnext',
    write: false,
    logLevel: 'error',
    alias: { 'node:fs': path('node/fs.mjs'), 'node:module': path('node/module.mjs') },
  });
  return outputFiles[0].text;
}
