// How large the packages are that a program loads, minified and gzipped.

import { build } from 'esbuild';
import { readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Files of the package, as its build counts them. */
const FILES = { module: ['cache.wasm'], all: ['cache.wasm', 'workerd.js'], inlined: ['index.js'] };

/** What a program says that uses one cache and no more of a package. */
const PROGRAMS = {
  keylatch: "export { Cache } from 'keylatch'",
  'lru-cache': "export { LRUCache } from 'lru-cache'",
  // Its path is there for `require` only.
  LRUMap: "module.exports = require('mnemonist/lru-map.js')",
  'lru.min': "export { createLRU } from 'lru.min'",
  'quick-lru': "export { default } from 'quick-lru'",
  'tiny-lru': "export { lru } from 'tiny-lru'",
  sieve: "export { SieveCache } from '@neophi/sieve-cache'",
  transitory: "export { newCache } from 'transitory'",
  ttlcache: "export { TTLCache } from '@isaacs/ttlcache'",
  'cache-manager': "export { createCache } from 'cache-manager'",
  cacheable: "export { Cacheable } from 'cacheable'",
  bentocache:
    "export { BentoCache, bentostore } from 'bentocache'; export { memoryDriver } from 'bentocache/drivers/memory'",
  cachified: "export { cachified } from '@epic-web/cachified'",
  'async-cache-dedupe': "export { createCache } from 'async-cache-dedupe'",
  'p-memoize': "export { default } from 'p-memoize'",
  'layered-loader': "export { Loader } from 'layered-loader/core'",
  'query-core': "export { QueryClient } from '@tanstack/query-core'",
};

/** Bytes, gzipped: `files` of keylatch as they are published, and `bundles` of all for a browser. */
export async function measureCost() {
  const zipped = (bytes) => gzipSync(bytes, { level: 9 }).length;
  const files = Object.entries(FILES).map(([name, list]) => {
    const sizes = list.map((file) => zipped(readFileSync(`${root}pkg/${file}`)));
    return [name, sizes.reduce((sum, size) => sum + size, 0)];
  });
  const bundles = [];
  for (const [name, program] of Object.entries(PROGRAMS)) bundles.push([name, zipped(await bundle(program))]);
  return { files: Object.fromEntries(files), bundles: Object.fromEntries(bundles) };
}

/** One script with all that the program needs, but for what Node brings along. */
async function bundle(program) {
  const { outputFiles } = await build({
    stdin: { contents: program, resolveDir: root },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    external: ['node:*', ...builtinModules],
    legalComments: 'none',
    charset: 'utf8',
    write: false,
    logLevel: 'silent',
  });
  return outputFiles[0].contents;
}
