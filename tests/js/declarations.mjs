// Whether the declarations, which are written by hand, are those of the classes.

import assert from 'node:assert';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compile, NEWEST, OLDEST } from '../types/compilers.mjs';

/** What wasm-bindgen adds for itself. */
const OWN = ['constructor', '__destroy_into_raw'];

/** The members of an object and its methods with symbols for names, in the order of the alphabet. */
function members(object) {
  const names = Reflect.ownKeys(Object.getPrototypeOf(object)).map((name) =>
    typeof name === 'symbol' ? `[Symbol.${name.description.replace(/^.*\./, '')}]` : name,
  );
  return names.filter((name) => !OWN.includes(name)).sort();
}

/** The members of a class in the declarations. */
function declared(text, name) {
  let [, body] = text.match(new RegExp(`^export class ${name}<[^]*?\\{\\n([^]*?)^\\}`, 'm'));
  // Without parameters, which may stand on lines of their own.
  for (let before; before !== body;) [before, body] = [body, body.replace(/\([^()]*\)/g, '')];
  const names = [...body.matchAll(/^ +(?:readonly )?(\w+|\[Symbol\.\w+\])[<(:]/gm)].map(([, member]) => member);
  return names.filter((member) => !OWN.includes(member)).sort();
}

/** The tests, of the package that wasm-pack has made for Node in one folder, and of those for others beside it. */
export function declarationTests(folder, classes) {
  const read = (target) => readFileSync(join(folder, target, 'keylatch.d.ts'), 'utf8');
  const cache = new classes.InMemoryCache();
  const tests = {
    'the members of the classes are declared': () => {
      const text = read('nodejs');
      assert.deepEqual(declared(text, 'InMemoryCache'), members(cache));
      assert.deepEqual(declared(text, 'CacheKeyLock'), members(cache.acquire('k')));
    },
    'every export is declared, and nothing else': () => {
      const names = [...read('nodejs').matchAll(/^export (?:class|function|const) (\w+)/gm)].map(([, name]) => name);
      assert.deepEqual(names.sort(), Object.keys(classes).sort());
    },
    'no public type is any': () => {
      // The exports of the module itself are wasm-bindgen's.
      const text = read('web').replace(/export interface InitOutput \{[^]*?^\}/m, '');
      assert.doesNotMatch(text.replace(/\/\*[^]*?\*\//g, ''), /\bany\b/);
    },
  };
  for (const compiler of [OLDEST, NEWEST]) {
    tests[`${compiler} reads the declarations, and finds mistakes`] = () => compile(compiler, 'classes');
  }
  return tests;
}
