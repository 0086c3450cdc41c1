// A cache in the hands of other libraries: stores, reactive state, printers and comparisons.

import { computed, effect, isReactive, reactive, ref, shallowReactive } from '@vue/reactivity';
import Keyv from 'keyv';
import { Cache } from 'keylatch';
import assert from 'node:assert';
import { inspect } from 'node:util';
import { report } from './report.mjs';

/** Sets the wall clock forward, for all that read it. */
function later(milliseconds) {
  const { now } = Date;
  Date.now = () => now() + milliseconds;
}

const tests = {
  async 'a bare cache is a store of Keyv'() {
    const cache = new Cache({ max: 100 });
    const keyv = new Keyv({ store: cache, throwOnErrors: true });
    assert.equal(await keyv.set('a', { deep: [1] }), true);
    assert.deepEqual(await keyv.get('a'), { deep: [1] });
    await keyv.set('short', 1, 20_000);
    assert.equal(await keyv.get('short'), 1);
    assert.ok([...cache.keys()].length === 2);
    assert.ok(cache.info([...cache.keys()][1]).ttl === 20_000);
    later(20_000);
    assert.equal(await keyv.get('short'), undefined);
    assert.equal(await keyv.has('a'), true);
    await keyv.setMany([
      { key: 'b', value: 2, ttl: 50_000 },
      { key: 'c', value: 3 },
    ]);
    assert.deepEqual(await keyv.get(['a', 'b', 'c', 'none']), [{ deep: [1] }, 2, 3, undefined]);
    assert.equal(await keyv.delete('a'), true);
    assert.equal(await keyv.get('a'), undefined);
    await keyv.clear();
    assert.equal(cache.size, 0);
  },

  'reactive state of Vue holds caches as they are'() {
    const cache = new Cache({ max: 10 });
    const space = cache.namespace('n');
    const state = reactive({ cache, nested: { space }, list: [cache] });
    state.cache.set('a', 1);
    state.nested.space.set('b', 2);
    assert.equal(state.list[0].get('a'), 1);
    assert.equal(state.cache, cache);
    assert.equal(reactive(cache).size, 2 - 1);
    assert.equal(ref(cache).value.get('a'), 1);
    assert.equal(shallowReactive(cache).get('a'), 1);
    assert.equal(isReactive(state.cache), false);
    let runs = 0;
    effect(() => void ((runs += 1), computed(() => state.cache.get('a')).value));
    assert.equal(runs, 1);
  },

  'the error inside any other proxy is the language’s'() {
    assert.throws(() => new Proxy(new Cache({ max: 1 }), {}).get('a'), TypeError);
  },

  'printed, a cache tells its numbers'() {
    const cache = new Cache({ max: 10 });
    cache.set('key', 'secret');
    cache.get('key');
    assert.equal(inspect(cache), 'Cache { entries: 1, max: 10, size: 0, maxSize: Infinity, hitRatio: 1 }');
    assert.equal(inspect(cache.namespace('n')), "Namespace { path: [ 'n' ], entries: 0 }");
    assert.ok(!inspect({ deep: { cache } }, { depth: 9 }).includes('secret'));
    cache.close();
    assert.equal(inspect(cache), 'Cache { closed: true }');
  },

  'two caches are equal only if they are the same'() {
    const [one, other] = [new Cache({ max: 10 }), new Cache({ max: 10 })];
    one.set('a', 1);
    other.set('a', 2);
    assert.throws(() => assert.deepStrictEqual(one, other));
    assert.deepStrictEqual(one, one);
    assert.deepStrictEqual(one.namespace('n'), one.namespace('n'));
    assert.throws(() => assert.deepStrictEqual(one.namespace('n'), one.namespace('m')));
  },
};

await report(tests);
