// Stores made of their sources, as they are or with a fault.

import * as esbuild from 'esbuild';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const sources = fileURLToPath(new URL('../../pkg-template/src/tier/', import.meta.url));

/**
 * Bundles a store.
 *
 * @param change Another text in one place: the `file` in pkg-template/src/tier, the text `from`, and the text `to`.
 */
export async function bundle(entry, { change, ...options } = {}) {
  const { outputFiles } = await esbuild.build({
    entryPoints: [`${sources}${entry}.ts`],
    bundle: true,
    format: 'esm',
    target: 'es2022',
    write: false,
    plugins: change ? [{ name: 'change', setup: (build) => replace(build, change) }] : [],
    ...options,
  });
  return outputFiles[0].contents;
}

/** Bundles a store, and imports it. */
export async function load(entry, options) {
  const script = Buffer.from(await bundle(entry, options)).toString('base64');
  return import(`data:text/javascript;base64,${script}`);
}

function replace({ onLoad }, { file, from, to }) {
  const text = readFileSync(sources + file, 'utf8');
  if (text.split(from).length !== 2) throw new Error(`${file}: expected once: ${from}`);
  const contents = text.replace(from, () => to);
  onLoad({ filter: /\.ts$/ }, ({ path }) => (path === sources + file ? { contents, loader: 'ts' } : undefined));
}
