// What is compared, by its version.

import { readFileSync } from 'node:fs';

/** The versions of packages. Read from their folders, because not every package exports its manifest. */
export function versionsOf(packages) {
  const entries = packages.map((name) => {
    const manifest = new URL(`../../../node_modules/${name}/package.json`, import.meta.url);
    return [name, JSON.parse(readFileSync(manifest, 'utf8')).version];
  });
  return Object.fromEntries(entries);
}
