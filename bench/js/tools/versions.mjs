// What is compared, by its version.

import { readFileSync } from 'node:fs';

/** The packages of single operations, and of loads besides. */
export const CACHES = [
  'keylatch',
  'lru-cache',
  'mnemonist',
  'lru.min',
  'quick-lru',
  'tiny-lru',
  '@neophi/sieve-cache',
].concat('transitory', '@isaacs/ttlcache');
export const READ_THROUGH = [
  'cache-manager',
  'cacheable',
  'bentocache',
  '@epic-web/cachified',
  'async-cache-dedupe',
].concat('p-memoize', 'layered-loader', '@tanstack/query-core');

/** The versions of packages. Read from their folders, because not every package exports its manifest. */
export function versionsOf(packages) {
  const entries = packages.map((name) => {
    const manifest = new URL(`../../../node_modules/${name}/package.json`, import.meta.url);
    return [name, JSON.parse(readFileSync(manifest, 'utf8')).version];
  });
  return Object.fromEntries(entries);
}
