// Subclasses: no method goes through another one that a subclass may have overridden.

import { assert, group } from './harness.mjs';

/** Every method that takes a key, or that could be written by means of another. */
const METHODS = ['get', 'set', 'has', 'peek', 'delete', 'take', 'touch', 'info', 'entries', 'keys', 'values', 'forEach']
  .concat(['getMany', 'setMany', 'deleteMany', 'deleteByTag', 'deleteByTags', 'acquire', 'lock', 'withLock'])
  .concat(['getOrSet', 'getOrSetMany', 'refresh', 'getRemainingTTL', 'tagsOf']);

/** What to call each of them with. */
const CALLS = {
  set: (cache) => [cache.set('a', 1), cache.set('a', undefined)],
  setMany: (cache) => cache.setMany([['a', 1]]),
  forEach: (cache) => cache.forEach(() => {}),
  entries: (cache) => [...cache.entries(), ...cache],
  keys: (cache) => [...cache.keys()],
  values: (cache) => [...cache.values()],
  getMany: (cache) => cache.getMany(['a', 'b']),
  deleteMany: (cache) => cache.deleteMany(['a', 'b']),
  deleteByTag: (cache) => cache.deleteByTag('t'),
  deleteByTags: (cache) => cache.deleteByTags(['t']),
  acquire: (cache) =>
    cache
      .acquire('a')
      .enter()
      .then((lock) => lock.exit()),
  lock: (cache) => cache.lock('l').then(async (lock) => (await lock.setResult(1), lock.exit())),
  withLock: (cache) => cache.withLock('w', (lock) => lock.setResult(1)),
  getOrSet: (cache) => cache.getOrSet('g', () => 1),
  refresh: (cache) => cache.refresh('g', () => 1),
  getOrSetMany: (cache) => cache.getOrSetMany(['h', 'i'], () => [1, 2]),
  take: (cache) => [cache.take('a'), cache.take('none')],
};

export default group('subclasses', (test) => {
  test('no method calls another one that can be overridden', async ({ Cache }) => {
    for (const method of METHODS) {
      const cache = new Cache({ max: 10 });
      cache.set('a', 1, { tags: ['t'] }).set('b', 2);
      const called = [];
      for (const other of METHODS) {
        if (other === method) continue;
        cache[other] = (...values) => (called.push(other), Cache.prototype[other].apply(cache, values));
      }
      await (CALLS[method] ?? ((one) => one[method]('a')))(cache);
      assert.deepEqual(called, [], method);
    }
  });

  test('one that overrides what it uses sees its own keys, and loads keep theirs', async ({ Cache }) => {
    class Lower extends Cache {
      get(key, options) {
        return super.get(key.toLowerCase(), options);
      }
      getOrSet(key, loader, options) {
        return super.getOrSet(key.toLowerCase(), loader, options);
      }
    }
    const cache = new Lower({ max: 10 });
    assert.equal(await cache.getOrSet('ABC', ({ key }) => key), 'abc');
    assert.equal(cache.get('aBc'), 'abc');
    assert.deepEqual([...cache.keys()], ['abc']);
  });
});
