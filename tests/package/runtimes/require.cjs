// By require, which has to give the same classes as import; then the file for those who have no other.

const assert = require('node:assert');
const { join, dirname } = require('node:path');
const keylatch = require('keylatch');

(async () => {
  const { run } = await import('./suite.mjs');
  assert.strictEqual((await import('keylatch')).Cache, keylatch.Cache, 'import and require give one class');
  const results = [await run(keylatch)];
  results.push(await run(require(join(dirname(require.resolve('keylatch')), 'index.cjs'))));
  console.log(JSON.stringify(results));
})();
