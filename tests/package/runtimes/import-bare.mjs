// Every entry is imported where there is only the language: no TextDecoder, no clock, no timer, no WebAssembly. Whatever a
// platform adds throws when it is touched, as module scope does on workerd.

import assert from 'node:assert';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, dirname } from 'node:path';
import vm from 'node:vm';
import { report } from './report.mjs';

const folder = dirname(createRequire(import.meta.url).resolve('keylatch/package.json'));

/** A realm in which the language's own parts that depend on the outside throw, too. */
function bareRealm() {
  const realm = vm.createContext({});
  vm.runInContext(
    `for (const name of ['WebAssembly', 'FinalizationRegistry', 'WeakRef', 'SharedArrayBuffer', 'Atomics', 'Intl']) delete globalThis[name];
    for (const owner of [Date, Math]) for (const name of ['now', 'random']) {
      if (name in owner) owner[name] = () => { throw new Error(name + ' runs at import'); };
    }
    for (const name of ['TextDecoder', 'TextEncoder', 'crypto', 'performance', 'setTimeout', 'clearTimeout', 'queueMicrotask',
      'AbortController', 'fetch', 'Response', 'structuredClone', 'process']) {
      globalThis[name] = new Proxy(function () {}, {
        get() { throw new Error(name + ' is touched at import'); },
        apply() { throw new Error(name + ' runs at import'); },
        construct() { throw new Error(name + ' is made at import'); },
      });
    }`,
    realm,
  );
  return realm;
}

/** Imports a file of the package, and the files that it imports; the WebAssembly module is an object. */
async function importInto(realm, file) {
  const module = new vm.SourceTextModule(readFileSync(join(folder, file), 'utf8'), {
    context: realm,
    identifier: file,
  });
  await module.link((specifier) => {
    assert.match(specifier, /^\.\/cache\.wasm/);
    const stub = () => wasm.setExport('default', {});
    const wasm = new vm.SyntheticModule(['default'], stub, { context: realm });
    return wasm;
  });
  await module.evaluate();
  return module.namespace;
}

function requireInto(realm, file) {
  const module = { exports: {} };
  const text = readFileSync(join(folder, file), 'utf8');
  vm.runInContext(`(function (module, exports, require) {${text}\n})`, realm)(module, module.exports, () =>
    assert.fail(),
  );
  return module.exports;
}

const tests = {};
for (const file of ['index.js', 'slim.js', 'workerd.js', 'edge.js'])
  tests[`import of ${file}`] = async () => assert.equal(typeof (await importInto(bareRealm(), file)).Cache, 'function');
for (const file of ['index.cjs', 'slim.cjs'])
  tests[`require of ${file}`] = () => assert.equal(typeof requireInto(bareRealm(), file).Cache, 'function');
tests['without WebAssembly, the first cache says so'] = async () => {
  for (const file of ['index.js', 'workerd.js']) {
    const realm = vm.createContext({});
    vm.runInContext('delete globalThis.WebAssembly', realm);
    const { Cache, InMemoryCache, init } = await importInto(realm, file);
    const refused = { name: 'CacheError', code: 'wasm-unavailable', message: /WebAssembly/ };
    assert.throws(() => new Cache({ max: 5 }), refused);
    assert.throws(() => new InMemoryCache(), refused);
    await assert.rejects(init(), ({ cause, ...error }) => {
      assert.equal(error.code, 'wasm-unavailable');
      assert.match(String(cause), /ReferenceError/);
      return true;
    });
  }
};
await report(tests);
