// Subclasses of BaseCache over stores that expire lazily, write out of order, hang, or say null.

import { assert, failure, group, rejects, settled, sleep, withClock, withTime } from './harness.mjs';

/** A cache over a Map whose `get` removes what has expired by `clear`. */
function lazily({ BaseCache }, wait = () => undefined) {
  return class extends BaseCache {
    store = new Map();
    writes = [];
    async get(key) {
      await wait();
      const entry = this.store.get(key);
      if (entry === undefined || Date.now() < entry.expires) return entry?.value;
      await this.clear(key);
      await wait();
      return undefined;
    }
    async set(keys, value, ttl = Infinity) {
      // By way of itself, as some do.
      if (typeof keys === 'object') return void (await Promise.all([...keys].map((key) => this.set(key, value, ttl))));
      await wait();
      this.writes.push(value);
      this.store.set(keys, { value, expires: Date.now() + ttl * 1000 });
    }
    async clear(key) {
      await wait();
      this.store.delete(key);
    }
    async flush() {
      for (const key of [...this.store.keys()]) await this.clear(key);
    }
  };
}

/** A cache over a store in which each call takes as long as it is told: the shortest is done first. */
function outOfOrder({ BaseCache }) {
  return class extends BaseCache {
    store = new Map();
    delays = { get: 0, set: 0, clear: 0, flush: 0 };
    async get(key) {
      const value = this.store.get(key);
      await sleep(this.delays.get);
      return value;
    }
    async set(keys, value) {
      await sleep(this.delays.set);
      for (const key of [keys].flat()) this.store.set(key, value);
    }
    async clear(key) {
      await sleep(this.delays.clear);
      this.store.delete(key);
    }
    async flush() {
      await sleep(this.delays.flush);
      this.store.clear();
    }
  };
}

const WAITS = { 'at once': undefined, 'after an await': () => undefined, 'after a while': () => sleep(1) };

export default group('aries stores', (test) => {
  for (const [when, wait] of Object.entries(WAITS)) {
    test(`get removes what has expired by clear, ${when}: one computation, and it is stored`, (context) =>
      withClock(async (clock) => {
        const Lazy = wait === undefined ? lazily(context) : lazily(context, wait);
        const cache = new Lazy();
        await cache.set(['a', 'b', 'c'], 'old', 1);
        clock.advance(1000);
        let computed = 0;
        const compute = (key) =>
          cache.withLock(key, async (lock) => {
            if (!lock.done) {
              computed += 1;
              await settled();
              await lock.setResult(`new ${key}`, { ttl: 60 });
            }
            return lock.result;
          });
        const keys = ['a', 'b', 'c'].flatMap((key) => Array(5).fill(key));
        assert.deepEqual(
          await Promise.all(keys.map(compute)),
          keys.map((key) => `new ${key}`),
        );
        assert.equal(computed, 3);
        assert.equal(await cache.get('a'), 'new a', 'stored');
        assert.equal(await compute('b'), 'new b');
        assert.equal(computed, 3);
        assert.equal((await cache.lock('c')).result, 'new c');
      }));
  }

  test('get that flushes, or sets again what it has found, is a hit or a miss like any other', async ({
    BaseCache,
  }) => {
    let version = 1;
    class Versioned extends BaseCache {
      store = new Map();
      gets = 0;
      async get(key) {
        this.gets += 1;
        await undefined;
        if (this.store.get(key)?.version !== version) await this.flush();
        const entry = this.store.get(key);
        if (entry !== undefined) await this.set(key, entry.value);
        return entry?.value;
      }
      async set(key, value) {
        this.store.set(key, { value, version });
      }
      async clear(key) {
        this.store.delete(key);
      }
      async flush() {
        this.store.clear();
      }
    }
    const cache = new Versioned();
    await cache.set('k', 'old');
    version = 2;
    const work = (result) =>
      cache.withLock('k', async (lock) => {
        if (!lock.done) await lock.setResult(result);
        return lock.result;
      });
    assert.deepEqual(await Promise.all([1, 2, 3, 4, 5].map(work)), [1, 1, 1, 1, 1]);
    cache.gets = 0;
    assert.deepEqual(await Promise.all([6, 7, 8].map(work)), [1, 1, 1]);
    assert.isAtMost(cache.gets, 6, 'it looks twice at the most');
  });

  for (const change of ['clear', 'flush', 'set']) {
    test(`${change} while a lock looks, once or twice: nobody who comes after it gets what there was before`, async ({
      BaseCache,
    }) => {
      for (const doneAt of [1, 2, 3]) {
        const calls = [];
        const store = new Map([['k', 'old']]);
        /** Every call ends when it is told to. */
        const called = () => new Promise((resolve) => calls.push(resolve));
        class Told extends BaseCache {
          async get(key) {
            const value = store.get(key);
            await called();
            return value;
          }
          async set(key, value) {
            await called();
            store.set(key, value);
          }
          async clear(key) {
            await called();
            store.delete(key);
          }
          async flush() {
            await called();
            store.clear();
          }
        }
        const next = async () => {
          calls.shift()();
          await settled();
        };
        const cache = new Told();
        const before = cache.lock('k');
        await settled();
        const changing = cache[change]('k', 'new');
        await settled();
        // The order in which the looks and the change end.
        const [look, end] = [calls.shift(), calls.shift()];
        if (doneAt === 1) end();
        await settled();
        look();
        await settled();
        if (doneAt === 2) end();
        await settled();
        const after = doneAt === 3 ? undefined : changing.then(() => cache.lock('k'));
        await settled();
        while (calls.length > 0) await next();
        const lock = await before;
        if (doneAt === 3) end();
        await changing;
        const late = after ?? cache.lock('k');
        await settled();
        while (calls.length > 0) await next();
        await lock.exit();
        await settled();
        while (calls.length > 0) await next();
        assert.equal((await late).result, change === 'set' ? 'new' : undefined, `the change ends at ${doneAt}`);
        await (await late).exit();
      }
    });
  }

  test('a change that takes time: what a lock finds meanwhile is not for those who come after it', (context) =>
    withTime(async () => {
      const cache = new (outOfOrder(context))();
      await cache.set('k', 'old');
      const probe = await cache.lock('k');
      await probe.exit();
      cache.delays.clear = 20;
      const clearing = cache.clear('k');
      const during = await cache.lock('k');
      assert.equal(during.result, 'old', 'it was there still');
      await clearing;
      assert.isUndefined((await cache.lock('k')).result);
      await during.exit();
    }));

  for (const change of ['clear', 'flush', 'set', 'set of many']) {
    test(`${change} while a result is on its way to a store without order: the newer one stays`, (context) =>
      withTime(async () => {
        const cache = new (outOfOrder(context))();
        cache.delays.set = 20;
        const lock = await cache.lock('k');
        const writing = lock.setResult('old');
        await sleep(2);
        cache.delays.set = 1;
        if (change.startsWith('set')) await cache.set(change === 'set' ? 'k' : ['x', 'k'], 'new');
        else await cache[change]('k');
        const expected = change.startsWith('set') ? 'new' : undefined;
        assert.equal(await cache.get('k'), expected, 'at once');
        await writing;
        await sleep(25);
        assert.equal(await cache.get('k'), expected, 'and later on');
        await lock.exit();
      }));
  }

  test('two results of one key are written one after the other, those of two keys at once', async ({ BaseCache }) => {
    const gate = {};
    class Told extends BaseCache {
      store = new Map();
      async get(key) {
        return this.store.get(key);
      }
      async set(key, value) {
        if (value === 'old') await new Promise((resolve) => (gate.open = resolve));
        this.store.set(key, value);
      }
      async clear(key) {
        this.store.delete(key);
      }
      async flush() {}
    }
    const cache = new Told();
    const first = await cache.lock('k');
    const writing = first.setResult('old');
    const clearing = cache.clear('k');
    const second = await cache.lock('k');
    const newer = second.setResult('new');
    const other = await cache.lock('other');
    await other.setResult('quick');
    await settled();
    assert.isFalse(cache.store.has('k'));
    gate.open();
    await Promise.all([writing, clearing, newer]);
    assert.equal(await cache.get('k'), 'new');
  });

  test('a write that hangs blocks a change for a lease, and what it leaves in the end is removed', ({ BaseCache }) =>
    withTime(async () => {
      let open;
      class Hanging extends BaseCache {
        store = new Map();
        async get(key) {
          return this.store.get(key);
        }
        async set(key, value) {
          if (value === 'old') await new Promise((resolve) => (open = resolve));
          this.store.set(key, value);
        }
        async clear(key) {
          this.store.delete(key);
        }
        async flush() {}
      }
      const cache = new Hanging({ lease: 20 });
      const lock = await cache.lock('k');
      const writing = lock.setResult('old');
      const begun = Date.now();
      await cache.set('k', 'new');
      assert.equal(Date.now() - begun, 20);
      assert.equal(await cache.get('k'), 'new');
      await cache.set('k', 'newer');
      assert.equal(Date.now() - begun, 20);
      open();
      await writing;
      assert.notEqual(await cache.get('k'), 'old');
      await lock.exit();
    }));

  test('a write that fails is no obstacle', async ({ BaseCache }) => {
    class Failing extends BaseCache {
      cleared = 0;
      async get() {}
      async set() {
        await sleep(2);
        throw new Error('no room');
      }
      async clear() {
        this.cleared += 1;
      }
      async flush() {}
    }
    const cache = new Failing();
    const lock = await cache.lock('k');
    const writing = lock.setResult(1).catch((error) => error.message);
    await cache.clear('k');
    assert.equal(await writing, 'no room');
    assert.equal(cache.cleared, 1);
  });

  test('timeout and signal end lock() while the get of the store hangs; the turn goes on', async (context) => {
    let hangs = true;
    class Hanging extends context.BaseCache {
      async get() {
        if (hangs) await new Promise(() => {});
      }
      async set() {}
      async clear() {}
      async flush() {}
    }
    const controller = new AbortController();
    const reason = new Error('enough');
    for (const options of [{ timeout: 5 }, { signal: controller.signal }]) {
      const cache = new Hanging();
      hangs = true;
      const holder = cache.lock('k', { ...options, timeout: options.timeout && 15 });
      const waiter = cache.lock('k', options);
      const patient = cache.lock('k');
      await settled();
      hangs = false;
      if (options.signal) setTimeout(() => controller.abort(reason), 5);
      for (const wait of [waiter, holder]) {
        const error = await failure(wait);
        if (options.signal) assert.strictEqual(error, reason);
        else assert.equal(error.code, 'lock-timeout');
      }
      const lock = await patient;
      assert.isFalse(lock.done);
      await lock.setResult('v');
      await lock.exit();
      assert.deepEqual(cache.inspect(), []);
    }
    const defaults = new Hanging({ lockTimeout: 5 });
    hangs = true;
    await rejects(context, defaults.withLock('k', assert.fail), 'lock-timeout');
    const released = new Hanging();
    const lock = released.acquire('k');
    const entered = lock.enter();
    await settled();
    lock.release();
    await rejects(context, entered, 'not-holder');
  });

  test('a lock that loses its turn while the get of the store hangs gets the result of the one that took it', ({
    BaseCache,
  }) =>
    withTime(async () => {
      let hangs = true;
      class Hanging extends BaseCache {
        async get() {
          if (hangs) await new Promise(() => {});
        }
        async set() {}
        async clear() {}
        async flush() {}
      }
      const cache = new Hanging();
      const slow = cache.lock('k', { lease: 15 });
      await settled();
      hangs = false;
      const lock = await cache.lock('k');
      await lock.setResult('v');
      const late = await Promise.race([slow, sleep(500)]);
      assert.isDefined(late, 'it does not hang on');
      await lock.exit();
    }));
});
