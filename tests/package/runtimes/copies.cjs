// Several copies of the package in one program: what each of them throws is a CacheError for all of them.

const assert = require('node:assert');
const { dirname, join } = require('node:path');
const index = require('keylatch');
const portable = require('keylatch/portable');
const slim = require('keylatch/slim');

const folder = dirname(require.resolve('keylatch'));
const file = (name) => require(join(folder, name));

/** What a copy throws by itself. */
function thrownBy({ Cache }) {
  try {
    new Cache({ max: 0 });
  } catch (error) {
    return error;
  }
}

const tests = {
  async 'import and require give one class'() {
    assert.strictEqual((await import('keylatch')).Cache, index.Cache);
    assert.strictEqual((await import('keylatch/slim')).Cache, slim.Cache);
    assert.strictEqual((await import('keylatch/portable')).Cache, portable.Cache);
  },
  'every copy knows the errors of the others'() {
    const copies = { index, slim, portable, 'index.cjs': file('index.cjs'), 'slim.cjs': file('slim.cjs') };
    for (const [thrower, copy] of Object.entries(copies)) {
      const error = thrownBy(copy);
      assert.strictEqual(error.code, 'invalid-option');
      for (const [name, { CacheError }] of Object.entries(copies)) {
        assert.ok(error instanceof CacheError, `an error of ${thrower} is a CacheError of ${name}`);
      }
    }
  },
  'nothing else is a CacheError'() {
    const others = [undefined, null, 5, 'CacheError', {}, () => {}, new Error('other'), { code: 'disposed' }];
    for (const other of others) assert.ok(!(other instanceof index.CacheError));
    assert.ok(!(index.CacheError.prototype.constructor instanceof index.CacheError));
  },
  'a subclass has its own instances, and no others'() {
    class Mine extends index.CacheError {}
    class Other extends index.CacheError {}
    const mine = new Mine('disposed', 'mine');
    assert.ok(mine instanceof Mine && mine instanceof index.CacheError && mine instanceof Error);
    assert.ok(mine instanceof slim.CacheError);
    assert.ok(!(mine instanceof Other));
    assert.ok(!(thrownBy(index) instanceof Mine) && !(thrownBy(slim) instanceof Mine));
  },
  'nothing of it is seen on an error'() {
    assert.deepStrictEqual(Object.keys(thrownBy(index)), ['code']);
    assert.deepStrictEqual(Object.getOwnPropertySymbols(thrownBy(index)), []);
  },
};

import('./report.mjs').then(({ report }) => report(tests));
