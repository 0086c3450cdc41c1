// Without WebAssembly: `keylatch/portable`, by import and by require.

import assert from 'node:assert';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as portable from 'keylatch/portable';
import { run } from './suite.mjs';

const require = createRequire(import.meta.url);
assert.strictEqual(require('keylatch/portable').Cache, portable.Cache, 'import and require give one class');
const copies = [portable];
if (globalThis.WebAssembly) {
  // Node itself may use it, and nobody else.
  WebAssembly.Module = WebAssembly.Instance = undefined;
  copies.push(require(join(dirname(require.resolve('keylatch/portable')), 'portable.cjs')));
} else {
  // Node's own `fetch` needs it, and fails in the background where a test looks at `Headers`.
  process.on('unhandledRejection', (reason) => {
    if (!/WebAssembly is not defined/.test(reason)) throw reason;
  });
}
const results = [];
for (const copy of copies) results.push(await run(copy));
console.log(JSON.stringify(results));
