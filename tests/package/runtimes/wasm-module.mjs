// `keylatch/cache.wasm`: what is in it, and that it can be imported like a script, by itself.

import assert from 'node:assert';
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'vite';
import { report } from './report.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);
const wasm = require.resolve('keylatch/cache.wasm');
const run = promisify(execFile);

/** The module's exports, and the package on top of them; and one of the exports by its name. */
const PROGRAM = `
  import * as exports from 'keylatch/cache.wasm';
  import { memory } from 'keylatch/cache.wasm';
  import { Cache, init } from 'keylatch/slim';
  await init(exports);
  const cache = new Cache({ max: 5, ttl: 1000 });
  console.log(cache.set('a', memory.buffer.byteLength > 0).get('a'));
`;
writeFileSync(join(here, 'imports-wasm.mjs'), PROGRAM);

async function prints(program, ...words) {
  const { stdout } = await run(program, words, { cwd: here, timeout: 60_000 });
  assert.equal(stdout, 'true\n');
}

await report({
  'no path and no text of the machine that has built it': () => {
    const text = readFileSync(wasm, 'latin1');
    assert.doesNotMatch(
      text,
      /\.rs\b|rustc|cargo|registry|src\/|panick|unreachable|RefCell|overflow|closure|snippets|__w/,
    );
  },
  'it imports what the package has beside it': async () => {
    for (const { module, name } of WebAssembly.Module.imports(new WebAssembly.Module(readFileSync(wasm)))) {
      assert.match(module, /^\.\/\w+\.js$/);
      assert.equal(typeof (await import(pathToFileURL(join(dirname(wasm), module))))[name], 'function');
    }
  },
  'in Node': () => prints(process.execPath, '--experimental-wasm-modules', '--no-warnings', 'imports-wasm.mjs'),
  'in Deno': () => {
    const deno = join(here, '../../node_modules/.bin/deno');
    return prints(deno, 'run', '--allow-all', '--node-modules-dir=manual', 'imports-wasm.mjs');
  },
  'bundled by Vite': async () => {
    const lib = { entry: join(here, 'imports-wasm.mjs'), formats: ['es'], fileName: 'bundled' };
    const options = { outDir: join(here, 'vite-wasm'), lib, target: 'esnext' };
    await build({ root: here, configFile: false, logLevel: 'error', build: options });
    await prints(process.execPath, 'vite-wasm/bundled.js');
  },
});
