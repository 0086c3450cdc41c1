// Without the WebAssembly module, which is brought along: as bytes, as a response, and as a module; by require too.

import assert from 'node:assert';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as slim from 'keylatch/slim';
import { run } from './suite.mjs';

const require = createRequire(import.meta.url);
const bytes = readFileSync(require.resolve('keylatch/cache.wasm'));

assert.throws(() => new slim.Cache({ max: 5 }), { name: 'CacheError', code: 'wasm-unavailable' });
assert.throws(() => slim.initSync(new Uint8Array(5)), { code: 'wasm-unavailable' });
assert.throws(() => slim.initSync('text'), { code: 'wasm-unavailable' });
await assert.rejects(slim.init(Promise.reject(new Error('offline'))), /offline/);
await slim.init(new Response(bytes));
await slim.init(bytes);
const results = [await run(slim)];

const common = require(join(dirname(require.resolve('keylatch/slim')), 'slim.cjs'));
common.initSync(new WebAssembly.Module(bytes));
results.push(await run(common));
console.log(JSON.stringify(results));
