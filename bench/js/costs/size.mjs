// How large the packages are that a program loads, minified and gzipped.

import { readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

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

/** Exports of the package that are no part of its own: another build of the core, the module, the manifest. */
const NO_PARTS = ['.', './slim', './portable', './cache.wasm', './package.json'];

/** Gzipped bytes: the `parts` of keylatch, each with how it is measured, and the `bundles` of all. */
export async function measure() {
  const module = zipped(published('cache.wasm'));
  const core = zipped(await bundle(PROGRAMS.keylatch, { conditions: ['workerd'], external: ['*.wasm?module'] }));
  const parts = [
    { name: 'module', bytes: module, how: 'cache.wasm' },
    { name: 'core', bytes: module + core, how: 'cache.wasm, and the script of a program with Cache' },
    { name: 'everything', bytes: module + zipped(published('workerd.js')), how: 'cache.wasm and workerd.js' },
    { name: 'all in one', bytes: zipped(published('index.js')), how: 'index.js, with the module in it' },
    { name: 'portable', bytes: zipped(published('portable.js')), how: 'portable.js, without WebAssembly' },
  ];
  const { exports } = JSON.parse(published('package.json'));
  for (const path of Object.keys(exports).filter((path) => !NO_PARTS.includes(path))) {
    // By its file: what is external by the package's name is so with all of its paths.
    const program = `export * from './pkg/${fileOf(exports[path])}'`;
    const bytes = zipped(await bundle(program, { packages: 'external' }));
    parts.push({ name: path, bytes, how: 'what esbuild makes of it, without what it imports' });
  }
  const bundles = [];
  for (const [name, program] of Object.entries(PROGRAMS)) bundles.push([name, zipped(await bundle(program))]);
  return { parts, bundles: Object.fromEntries(bundles) };
}

/** The script that a bundler for browsers takes for a path of `exports`. */
const fileOf = ({ default: file }) => file;

const published = (file) => readFileSync(`${ROOT}pkg/${file}`);
const zipped = (bytes) => gzipSync(bytes, { level: 9 }).length;

/** One minified script with all that the program needs, but for what Node brings along. */
async function bundle(program, { external = [], ...options } = {}) {
  const { outputFiles } = await build({
    stdin: { contents: program, resolveDir: ROOT },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    external: ['node:*', ...builtinModules, ...external],
    legalComments: 'none',
    charset: 'utf8',
    write: false,
    logLevel: 'silent',
    ...options,
  });
  return outputFiles[0].contents;
}
