// The example in the documentation of BaseCache: whether it is the one that is compiled, and whether it does what it says.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as esbuild from 'esbuild';
import { consumer, root } from './consumer.mjs';

/** What a program does with the class: a store like a browser's, and a clock that is moved. */
const PROGRAM = `
const items = {};
const hidden = (value) => ({ value });
globalThis.localStorage = Object.defineProperties(items, {
  getItem: hidden((key) => (Object.hasOwn(items, key) ? items[key] : null)),
  setItem: hidden((key, text) => void (items[key] = String(text))),
  removeItem: hidden((key) => void delete items[key]),
});
let now = Date.now();
Date.now = () => now;
const cache = new StorageCache();
let computed = 0;
const compute = () =>
  cache.withLock('k', async (lock) => {
    if (!lock.done) await lock.setResult({ made: (computed += 1) }, 10);
    return lock.result.made;
  });
const results = await Promise.all([compute(), compute(), compute()]);
now += 9_999;
results.push(await compute());
now += 1;
results.push(...(await Promise.all([compute(), compute()])), (await cache.get('k')).made);
await cache.set(['a', 'b'], {});
await cache.flush();
results.push(await cache.get('a'), Object.keys(items).length);
console.log(JSON.stringify(results));
`;

/** Runs the example as JavaScript, and holds it against what the types' tests compile. */
export async function runExample() {
  const source = readFileSync(join(root, 'pkg-template/src/aries/base-cache.ts'), 'utf8');
  const [, lines] = /^ \* @example\n((?: \* .*\n)+) \*\/\nexport abstract class BaseCache/m.exec(source);
  const example = lines.replace(/^ \* /gm, '');
  const compiled = readFileSync(join(root, 'tests/types/storage-cache.ts'), 'utf8');
  assert.ok(compiled.includes(example), 'tests/types/storage-cache.ts has another example');
  const { code } = await esbuild.transform(example, { loader: 'ts', format: 'esm' });
  const file = join(consumer, 'example.mjs');
  writeFileSync(file, `import { BaseCache } from 'keylatch';\n${code}${PROGRAM}`);
  const { stdout } = await promisify(execFile)('node', [file], { cwd: consumer, timeout: 60_000 });
  assert.equal(stdout.trim(), '[1,1,1,1,2,2,2,null,0]');
  return { seed: 0, passed: 1, failures: [] };
}
