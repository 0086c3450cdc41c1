// What a subclass of BaseCache has to say and to have.

import { assert, failure, group, rejects } from './harness.mjs';

export default group('aries subclasses', (test) => {
  test('null is no value of a store that does not say so', async (context) => {
    const { BaseCache } = context;
    class Storage extends BaseCache {
      store = {};
      async get(key) {
        return this.store[key] ?? null;
      }
      async set(key, value) {
        this.store[key] = value;
      }
      async clear(key) {
        delete this.store[key];
      }
      async flush() {
        this.store = {};
      }
    }
    const cache = new Storage();
    const error = await failure(cache.lock('k'));
    assert.equal(error.code, 'invalid-argument');
    assert.include(error.message, 'undefined');
    assert.include(error.message, 'nulls');
    assert.deepEqual(cache.inspect(), []);
    class Mapped extends Storage {
      async get(key) {
        return this.store[key];
      }
    }
    const lock = await new Mapped().lock('k');
    await rejects(context, lock.setResult(null), 'invalid-argument');
    assert.isFalse(lock.done);
    await lock.setResult(0);
    const nulls = new Mapped({ nulls: true });
    const computed = await nulls.lock('k');
    await computed.setResult(null);
    await computed.exit();
    const found = await nulls.lock('k');
    assert.isTrue(found.done);
    assert.isNull(found.result);
    await rejects(
      context,
      Promise.resolve().then(() => new Mapped({ nulls: 'yes' })),
      'invalid-option',
    );
  });

  test('abstract classes refuse to be made, and a subclass is told what it lacks', async (context) => {
    const { BaseCache, CacheKeyLock, Namespace } = context;
    for (const [Abstract, words] of [
      [BaseCache, 'extend'],
      [CacheKeyLock, 'acquire'],
      [Namespace, 'namespace'],
    ]) {
      const error = await failure(Promise.resolve().then(() => new Abstract()));
      assert.equal(error.code, 'invalid-argument');
      assert.include(error.message, words);
    }
    const methods = { async get() {}, async set() {}, async clear() {}, async flush() {} };
    for (const name of Object.keys(methods)) {
      class Partial extends BaseCache {}
      Object.assign(Partial.prototype, methods, { [name]: undefined });
      const error = await failure(new Partial().lock('k'));
      assert.equal(error.code, 'invalid-argument');
      assert.include(error.message, `Partial>.${name}`);
    }
    class Fields extends BaseCache {
      get = async () => undefined;
      set = async () => {};
      clear = async () => {};
      flush = async () => {};
    }
    await (await new Fields().lock('k')).exit();
  });
});
