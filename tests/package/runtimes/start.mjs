// How the package starts, and what it says when it can't: in browsers that start WebAssembly only asynchronously, under a
// Content-Security-Policy, and where there is no WebAssembly.

import assert from 'node:assert';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { report } from './report.mjs';

const require = createRequire(import.meta.url);
const folder = dirname(require.resolve('keylatch/package.json'));
const bytes = readFileSync(require.resolve('keylatch/cache.wasm'));
const genuine = { ...Object.getOwnPropertyDescriptors(WebAssembly) };
let copies = 0;

/** A copy of an entry that hasn't started. */
const fresh = (name) => import(`${pathToFileURL(join(folder, `${name}.js`))}?${(copies += 1)}`);

/** Runs something with parts of WebAssembly replaced. */
async function withWebAssembly(replaced, run) {
  try {
    for (const [name, value] of Object.entries(replaced))
      Object.defineProperty(WebAssembly, name, { value, configurable: true });
    return await run();
  } finally {
    Object.defineProperties(WebAssembly, genuine);
  }
}

/** What refuses to be made, and says so. */
const refusing = (make) =>
  class {
    constructor() {
      throw make();
    }
  };
const counting =
  (counts, name) =>
  (...words) => {
    counts[name] = (counts[name] ?? 0) + 1;
    return genuine[name].value.apply(WebAssembly, words);
  };

/** Chromium before 115, on the main thread of a page. */
const OLD_CHROMIUM = {
  Module: refusing(
    () =>
      new RangeError(
        'WebAssembly.Compile is disallowed on the main thread, if the buffer size is larger than 4KB. Use WebAssembly.compile, or compile on a worker thread.',
      ),
  ),
  Instance: refusing(
    () =>
      new RangeError(
        'WebAssembly.Instance is disallowed on the main thread, if the buffer size is larger than 4KB. Use WebAssembly.instantiate.',
      ),
  ),
};
const POLICIES = {
  Chromium: new WebAssembly.CompileError(
    `WebAssembly.Module(): Refused to compile or instantiate WebAssembly module because 'unsafe-eval' is not an allowed source of script in the following Content Security Policy directive: "script-src 'self'"`,
  ),
  'newer Chromium': new WebAssembly.CompileError(
    `WebAssembly.Module(): Compiling or instantiating WebAssembly module violates the following Content Security policy directive because 'unsafe-eval' is not an allowed source of script: script-src 'self'".`,
  ),
  Firefox: new WebAssembly.CompileError('call to WebAssembly.Module() blocked by CSP'),
  Safari: new EvalError(
    `Refused to create a WebAssembly object because 'unsafe-eval' or 'wasm-unsafe-eval' is not an allowed source of script in the following Content Security Policy directive: "script-src 'self'".`,
  ),
};

function refused(cause, message, otherwise = /^$/) {
  return (error) => {
    assert.equal(error.name, 'CacheError');
    assert.equal(error.code, 'wasm-unavailable');
    assert.match(error.message, message);
    assert.doesNotMatch(error.message, otherwise);
    if (cause instanceof RegExp) assert.match(String(error.cause), cause);
    else if (cause !== undefined) assert.equal(error.cause, cause);
    return true;
  };
}

const works = ({ Cache }) => assert.equal(new Cache({ max: 5 }).set('a', 1).get('a'), 1);
/** A module that is valid, and another one. */
const EMPTY = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]);
/** One that imports something. */
const IMPORTING = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 2, 7, 1, 1, 97, 1, 98, 0, 0]);

await report({
  'after init the first cache compiles nothing': async () => {
    const keylatch = await fresh('index');
    await keylatch.init();
    await withWebAssembly(OLD_CHROMIUM, () => works(keylatch));
  },
  'calls of init share one start': async () => {
    const { init } = await fresh('index');
    const counts = {};
    await withWebAssembly({ instantiate: counting(counts, 'instantiate') }, async () => {
      await Promise.all([init(), init(), init()]);
      await init();
    });
    assert.deepEqual(counts, { instantiate: 1 });
  },
  'a cache that is made while init is on its way': async () => {
    const keylatch = await fresh('index');
    const started = keylatch.init();
    const cache = new keylatch.Cache({ max: 5 });
    cache.set('a', 1);
    await started;
    assert.equal(cache.get('a'), 1);
    await keylatch.init();
    works(keylatch);
  },
  'a browser that starts it only asynchronously': async () => {
    const keylatch = await fresh('index');
    await withWebAssembly(OLD_CHROMIUM, async () => {
      assert.throws(() => new keylatch.Cache({ max: 5 }), refused(/^RangeError/, /await init\(\)/, /Content-Security/));
      await keylatch.init();
      works(keylatch);
    });
  },
  'the same with slim, for bytes and for a module': async () => {
    const module = new WebAssembly.Module(bytes);
    await withWebAssembly(OLD_CHROMIUM, async () => {
      for (const source of [
        bytes,
        module,
        new Response(bytes),
        Promise.resolve(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)),
      ]) {
        const slim = await fresh('slim');
        if (source === bytes || source === module)
          assert.throws(() => slim.initSync(source), refused(/^RangeError/, /await init\(\)/, /Content-Security/));
        await Promise.all([slim.init(source), slim.init(bytes)]);
        works(slim);
      }
    });
  },
  'a Content-Security-Policy is named, and may change': async () => {
    for (const [browser, cause] of Object.entries(POLICIES)) {
      const keylatch = await fresh('index');
      const slim = await fresh('slim');
      const reject = () => Promise.reject(cause);
      await withWebAssembly({ Module: refusing(() => cause), instantiate: reject }, async () => {
        const byPolicy = refused(cause, /Content-Security-Policy.*'wasm-unsafe-eval'.*keylatch\/portable/);
        assert.throws(() => new keylatch.Cache({ max: 5 }), byPolicy, browser);
        await assert.rejects(keylatch.init(), byPolicy, browser);
        assert.throws(() => slim.initSync(bytes), byPolicy, browser);
        await assert.rejects(slim.init(bytes), byPolicy, browser);
      });
      await keylatch.init();
      works(keylatch);
      slim.initSync(bytes);
      works(slim);
    }
  },
  'no other cause is taken for a policy': async () => {
    const memory = new RangeError(
      'WebAssembly.Instance(): Out of memory: Cannot allocate Wasm memory for new instance',
    );
    const invalid = new WebAssembly.CompileError(
      'WebAssembly.Module(): expected magic word 00 61 73 6d, found 3c 21 64 6f @+0',
    );
    for (const [part, cause] of [
      ['Instance', memory],
      ['Module', invalid],
    ]) {
      const { Cache } = await fresh('index');
      await withWebAssembly({ [part]: refusing(() => cause) }, () => {
        assert.throws(
          () => new Cache({ max: 5 }),
          refused(cause, /Out of memory|magic word/, /Content-Security|init\(\)/),
        );
      });
      works({ Cache });
    }
  },
  'a runtime that compiles no bytes': async () => {
    for (const words of [
      'WebAssembly.Module(): Wasm code generation disallowed by embedder',
      "Dynamic WASM code generation (e. g. 'WebAssembly.compile') not allowed in Edge Runtime",
    ]) {
      const cause = new WebAssembly.CompileError(words);
      const { Cache } = await fresh('index');
      await withWebAssembly({ Module: refusing(() => cause) }, () => {
        assert.throws(() => new Cache({ max: 5 }), refused(cause, /keylatch\/cache\.wasm/, /Content-Security/));
      });
    }
  },
  'no WebAssembly, as with --jitless': () => {
    const program = `import { Cache, init } from 'keylatch';
      import * as slim from 'keylatch/slim';
      const tell = ({ code, message, cause }) => console.log(code, message, String(cause));
      try { new Cache({ max: 5 }); } catch (error) { tell(error); }
      await init().catch(tell);
      try { slim.initSync(new Uint8Array(8)); } catch (error) { tell(error); }
      await slim.init(new Uint8Array(8)).catch(tell);`;
    const words = ['--jitless', '--no-warnings', '--input-type=module', '--eval', program];
    const lines = execFileSync(process.execPath, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    const told = lines.split('\n').filter((line) => line.startsWith('wasm-unavailable'));
    assert.equal(told.length, 4, lines);
    for (const line of told)
      assert.match(line, /Lockdown.*keylatch\/portable.*ReferenceError: WebAssembly is not defined/);
  },
  'slim says what is wrong with its source': async () => {
    const slim = await fresh('slim');
    assert.throws(() => new slim.Cache({ max: 5 }), refused(undefined, /init\(\) or initSync\(\)/));
    for (const source of [
      'text',
      undefined,
      null,
      5,
      {},
      new Uint8Array(5),
      EMPTY,
      IMPORTING,
      new WebAssembly.Module(EMPTY),
      new WebAssembly.Module(IMPORTING),
    ]) {
      const wrong = refused(
        undefined,
        /source has to be the keylatch\/cache\.wasm of this version/,
        /Content-Security/,
      );
      assert.throws(() => slim.initSync(source), wrong);
      await assert.rejects(slim.init(source), wrong);
    }
    const offline = new TypeError('Failed to fetch');
    await assert.rejects(slim.init(Promise.reject(offline)), refused(offline, /can't be read.*Failed to fetch/));
    await assert.rejects(slim.init(new Response('no', { status: 404 })), refused(/404/, /can't be read.*404/));
    const used = new Response(bytes);
    await used.arrayBuffer();
    await assert.rejects(slim.init(used), refused(/TypeError/, /can't be read/));
    await slim.init(new Blob([bytes]));
    works(slim);
  },
  'slim takes the exports of an instance': async () => {
    const { exports } = await WebAssembly.instantiate(new WebAssembly.Module(bytes), {
      './date.js': { now: () => Date.now() },
    });
    const slim = await fresh('slim');
    slim.initSync(exports);
    works(slim);
    const other = await fresh('slim');
    await other.init(Promise.resolve({ ...exports }));
    works(other);
  },
});
