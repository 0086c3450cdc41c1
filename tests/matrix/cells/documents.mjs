// The programs of pages of docs/ that need other libraries. What a line prints stands behind it, in a comment.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { project, root, run, write } from '../projects.mjs';
import { serviceWorker } from './service-worker.mjs';

async function programs(folder, page) {
  const text = readFileSync(join(root, page), 'utf8');
  const failures = [];
  let passed = 0;
  for (const [, program] of text.matchAll(/^```js\n((?!\/\/ service-worker\.js)[^]*?)^```$/gm)) {
    const file = `program-${passed + failures.length}.mjs`;
    write(folder, file, program);
    const expected = [...program.matchAll(/console\.log\(.*\); \/\/ (.*)$/gm)].map(([, line]) => `${line}\n`).join('');
    try {
      const printed = await run(folder, process.execPath, [file], { limit: 60_000 });
      if (printed !== expected) throw new Error(`expected\n${expected}got\n${printed}`);
      passed += 1;
    } catch ({ message }) {
      failures.push(`${program.split('\n')[0]}: ${message}`);
    }
  }
  return { passed, failures };
}

async function recipes() {
  const folder = await project('recipes');
  const results = [await programs(folder, 'docs/recipes.md'), await serviceWorker(folder, 'docs/recipes.md')];
  return {
    passed: results.reduce((sum, { passed }) => sum + passed, 0),
    failures: results.flatMap(({ failures }) => failures),
  };
}

/** Makes a cache of another package, and one of this one, with the values 1 and 2. */
const MIGRATION = `import { inspect, isDeepStrictEqual } from 'node:util';
import { Cacheable } from 'cacheable';
import { createCache } from 'cache-manager';
import { LRUCache } from 'lru-cache';
import NodeCache from 'node-cache';
import { Cache } from 'keylatch';
const load = async ({ key }) => 'loaded ' + key;
const compute = (key) => 'computed ' + key;
const OTHERS = {
  'lru-cache': () => new LRUCache({ max: 100, ttl: 60_000, fetchMethod: async (key) => load({ key }), memoMethod: compute }),
  'node-cache': () => new NodeCache({ stdTTL: 60 }),
  'cache-manager': () => createCache({ ttl: 60_000 }),
  cacheable: () => new Cacheable({ ttl: 60_000 }),
};
const rows = ROWS;
const failures = [];
const AsyncFunction = (async () => {}).constructor;
for (const [name, left, right, result] of rows) {
  const ask = async (cache, expression) => {
    await cache.set('a', 1);
    await cache.set('b', 2);
    const run = new AsyncFunction('cache', 'load', 'compute', 'return ' + expression);
    return run(cache, load, compute).catch((error) => 'throws ' + error.message);
  };
  const found = [await ask(OTHERS[name](), left), await ask(new Cache({ max: 100, ttl: 60_000 }), right)];
  const isSame = isDeepStrictEqual(...found);
  if (isSame !== result.startsWith('the same') || (!isSame && !result.startsWith('differs: '))) {
    failures.push(name + ': ' + left + ' and ' + right + ': ' + inspect(found) + ', but: ' + result);
  }
}
console.log(JSON.stringify({ passed: rows.length - failures.length, failures }));
process.exit();
`;

/** The rows of the tables for those who come from other caches. */
async function migration() {
  const folder = await project('migration');
  const sections = readFileSync(join(root, 'docs/migration.md'), 'utf8').split(/^## /m).slice(1);
  const rows = sections.flatMap((section) => {
    const [name] = section.split('\n');
    return [...section.matchAll(/^\| `(.*)` \| `(.*)` \| (.*) \|$/gm)].map(([, ...cells]) => [name, ...cells]);
  });
  write(
    folder,
    'rows.mjs',
    MIGRATION.replace('ROWS', () => JSON.stringify(rows)),
  );
  const text = await run(folder, process.execPath, ['rows.mjs'], { limit: 60_000 });
  return JSON.parse(text.trim().split('\n').at(-1));
}

export const cells = {
  migration: { where: '[Coming from another cache](migration.md)', how: 'each row, against both', run: migration },
  recipes: {
    where: '[Recipes](recipes.md)',
    how: 'other libraries',
    run: recipes,
  },
};
