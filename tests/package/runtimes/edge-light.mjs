// On Vercel's edge runtime: the suite in one script, as a bundler makes it, and the module as the platform gives it:
// compiled, and from another realm.

import { EdgeVM } from '@edge-runtime/vm';
import * as esbuild from 'esbuild';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROGRAM = `import * as keylatch from 'keylatch';
import { run } from './suite.mjs';
// One that stays: the runtime hears of each error twice if its last listener was removed before.
addEventListener('error', () => {});
globalThis.result = run(keylatch, { only: TESTS });`;

/** Gives the bundle the module that the runtime has as a global. */
const plugin = {
  name: 'wasm',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\.wasm\?module$/ }, ({ path }) => ({ path, namespace: 'wasm' }));
    onLoad({ filter: /./, namespace: 'wasm' }, () => ({ contents: 'export default MODULE;' }));
  },
};
/** Next gives programs a process, of which each function throws. There, some tests are enough. */
const PROCESS = {
  env: { NODE_ENV: 'production' },
  getBuiltinModule() {
    throw new Error('A Node.js API is used (process.getBuiltinModule) which is not supported in the Edge Runtime.');
  },
};
const MODULE = new WebAssembly.Module(readFileSync('node_modules/keylatch/cache.wasm'));

async function runInside(only, globals) {
  const { outputFiles } = await esbuild.build({
    stdin: { contents: PROGRAM, resolveDir: dirname(fileURLToPath(import.meta.url)) },
    bundle: true,
    write: false,
    conditions: ['edge-light', 'worker', 'browser'],
    define: { TESTS: JSON.stringify(only) },
    plugins: [plugin],
  });
  const edge = new EdgeVM({ extend: (context) => Object.assign(context, { MODULE, ...globals }) });
  edge.evaluate(outputFiles[0].text);
  return edge.context.result;
}

const results = [await runInside(process.env.TESTS ?? '')];
if (!process.env.TESTS) results.push(await runInside('loads-late', { process: PROCESS }));
console.log(JSON.stringify(results));
