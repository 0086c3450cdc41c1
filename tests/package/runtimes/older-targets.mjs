// The package as an application's build compiles it for older runtimes: TypeScript with `allowJs`, and esbuild.

import assert from 'node:assert';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import * as esbuild from 'esbuild';
import typescript from 'typescript-5.9';
import { report } from './report.mjs';

const script = readFileSync(createRequire(import.meta.url).resolve('keylatch/slim'), 'utf8');
const bytes = readFileSync(createRequire(import.meta.url).resolve('keylatch/cache.wasm'));

function byTypeScript(target) {
  const { ScriptTarget, ModuleKind } = typescript;
  const compilerOptions = { target: ScriptTarget[target], module: ModuleKind.ESNext, downlevelIteration: true };
  return typescript.transpileModule(script, { compilerOptions }).outputText;
}

const byESBuild = (target) => esbuild.transformSync(script, { target, format: 'esm' }).code;

const builds = {
  'TypeScript, ES5': () => byTypeScript('ES5'),
  'TypeScript, ES2015': () => byTypeScript('ES2015'),
  'TypeScript, ES2021': () => byTypeScript('ES2021'),
  'TypeScript, ES2022': () => byTypeScript('ES2022'),
  'esbuild, ES2015': () => byESBuild('es2015'),
  'esbuild, ES2020': () => byESBuild('es2020'),
};

async function use({ BaseCache, Cache, CacheError, CacheKeyLock, InMemoryCache, Namespace, initSync }, isES5) {
  initSync(bytes);
  const cache = new Cache({ max: 10, ttl: 60_000 });
  assert.equal(cache.set('k', 1, { tags: ['t'] }).get('k'), 1);
  assert.deepEqual([...cache], [['k', 1]]);
  assert.equal(cache.deleteByTag('t'), 1);
  assert.equal(await cache.getOrSet('k', async () => 2), 2);
  assert.equal(await cache.withLock('l', async (lock) => (await lock.setResult(3), lock.result)), 3);
  const space = cache.namespace('n').set('k', 4);
  assert.equal(space.get('k'), 4);
  const aries = new InMemoryCache();
  await aries.set(['a', 'b'], 5, 600);
  assert.equal(await aries.get('b'), 5);
  assert.equal(await aries.withLock('b', (lock) => lock.result), 5);
  for (const [name, each] of Object.entries({ BaseCache, Cache, CacheError, CacheKeyLock, InMemoryCache, Namespace })) {
    assert.equal(each.name, name);
  }
  // Compiled to ES5, no subclass of Error can have instances; the code is there all the same.
  const error = isES5 ? { code: 'invalid-option' } : { name: 'CacheError', code: 'invalid-option' };
  assert.throws(() => new Cache({ max: -1 }), error);
}

const tests = Object.entries(builds).map(([name, build], index) => [
  name,
  async () => {
    writeFileSync(`older-${index}.mjs`, build());
    await use(await import(`./older-${index}.mjs`), name.endsWith('ES5'));
  },
]);
await report(Object.fromEntries(tests));
