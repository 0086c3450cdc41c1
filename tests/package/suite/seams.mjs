// Where two rules meet: what was begun under one of them, and ends under another.

import { assert, failure, group, rejects, sleep, withTime } from './harness.mjs';

/** A store whose methods take the time that its values say. */
function slowStore({ BaseCache }) {
  return class extends BaseCache {
    values = new Map();
    async get(key) {
      return this.values.get(key);
    }
    async set(key, value) {
      await sleep(value.takes);
      this.values.set(key, value);
    }
    async clear(key) {
      await sleep(5);
      this.values.delete(key);
    }
    async flush() {
      this.values.clear();
    }
  };
}

export default group('seams', (test) => {
  test('a late load whose tag was invalidated before it was late is not stored', ({ Cache }) =>
    withTime(async () => {
      const cache = new Cache({ max: 9 });
      const [aborter, options] = [new AbortController(), { tags: ['user:1'] }];
      const late = cache.getOrSet('s', () => sleep(80).then(() => 'logged in'), {
        ...options,
        lease: 20,
        signal: aborter.signal,
      });
      late.catch(() => {});
      const next = cache.getOrSet('s', () => sleep(300).then(() => 'out'), { ...options, lease: 1_000 });
      await sleep(2);
      cache.deleteByTag('user:1');
      aborter.abort();
      // The other caller's own load began after the invalidation.
      assert.equal(await next, 'out');
      assert.equal(cache.get('s'), 'out');
    }));

  test('results in a row for one key: what comes after them stays', (context) =>
    withTime(async () => {
      for (const last of ['set', 'clear']) {
        const cache = new (slowStore(context))();
        const write = (name, takes) =>
          cache.withLock('k', async (lock) => {
            if (!lock.done) await lock.setResult({ name, takes });
          });
        const first = write('first', 30);
        await sleep(2);
        const cleared = cache.clear('k');
        const second = write('second', 50);
        await sleep(2);
        const end = last === 'set' ? cache.set('k', { name: 'newest', takes: 5 }) : cache.clear('k');
        await Promise.all([first, cleared, second, end]);
        assert.equal(cache.values.get('k')?.name, last === 'set' ? 'newest' : undefined);
      }
    }));

  test('a signal that aborts before a store that hangs is asked ends the wait for it', async (context) => {
    class Hanging extends slowStore(context) {
      get() {
        return new Promise(() => {});
      }
    }
    const [cache, aborter] = [new Hanging(), new AbortController()];
    const locked = cache.lock('k', { signal: aborter.signal });
    aborter.abort(new Error('mine'));
    assert.equal((await failure(locked)).message, 'mine');
    assert.lengthOf(cache.inspect(), 0);
  });

  test('a lock that loses its turn while the store hangs waits for a turn again', (context) =>
    withTime(async () => {
      let asked = 0;
      class HangsOnce extends slowStore(context) {
        get(key) {
          return (asked += 1) === 1 ? new Promise(() => {}) : super.get(key);
        }
      }
      const cache = new HangsOnce();
      const first = cache.lock('k', { lease: 20 });
      await sleep(1);
      const second = await cache.lock('k');
      await second.exit();
      const lock = await first;
      await lock.setResult({ takes: 0, name: 'first' });
      assert.equal(cache.values.get('k').name, 'first');
    }));

  test('a signal that a listener aborts when a caller joins ends its wait', async ({ Cache }) => {
    const aborter = new AbortController();
    const cache = new Cache({ max: 5, events: ({ type }) => type === 'join' && aborter.abort(new Error('mine')) });
    const first = cache.getOrSet('k', () => sleep(20).then(() => 1));
    const joined = cache.getOrSet('k', () => 2, { signal: aborter.signal });
    assert.equal((await failure(joined)).message, 'mine');
    assert.equal(await first, 1);
  });

  test('a lock whose cache is closed before it looks for a value is not entered', async (context) => {
    for (const cache of [new context.Cache({ max: 5 }), new context.InMemoryCache()]) {
      const locked = cache.withLock('k', () => assert.fail('entered'));
      cache.close();
      await rejects(context, locked, 'disposed');
      cache.close();
    }
  });

  test('a callback that ends the cache during a load’s look ends the load', async (context) => {
    const { Cache } = context;
    let other;
    const cache = new Cache({
      max: 3,
      events: ({ type }) => {
        if (type !== 'miss' || other !== undefined) return;
        cache.close();
        other = new Cache({ max: 10 });
      },
    });
    await rejects(
      context,
      cache.getOrSet('k', () => 'v'),
      'disposed',
    );
    assert.equal(other.stats().entries, 0);
  });

  test('what a loader of many changes itself is its own change at every try', async ({ Cache }) => {
    const cache = new Cache({ max: 5 });
    let tries = 0;
    const loader = async () => {
      cache.delete('a');
      if ((tries += 1) === 1) throw new Error('once');
      return [1];
    };
    await cache.getOrSetMany(['a'], loader, { retry: { times: 1, delay: 1 } });
    assert.equal(cache.get('a'), 1);
  });

  test('a signal that a loader asks for after its end has the reason of that', async (context) => {
    const cache = new context.Cache({ max: 5 });
    const aborter = new AbortController();
    let asked;
    const load = cache.getOrSet('k', (loading) => ((asked = loading), sleep(20)), { signal: aborter.signal });
    aborter.abort(new Error('mine'));
    await failure(load);
    assert.equal(asked.signal.reason.code, 'load-timeout');
    assert.equal(asked.signal.reason.cause.message, 'mine');
  });

  test('thousands that wait for one key are looked at in no time', async ({ Cache }) => {
    const cache = new Cache({ max: 5 });
    const held = cache.acquire('k');
    const waiting = Array.from({ length: 20_000 }, () => cache.acquire('k'));
    const begun = Date.now();
    assert.equal(cache.inspect()[0].waiting, waiting.length);
    assert.isBelow(Date.now() - begun, 1_000);
    held.release();
    for (const lock of waiting) lock.release();
  });

  test('touch with a moment that has passed ends the entry', ({ Cache }) => {
    const cache = new Cache({ max: 5 });
    cache.set('k', 1);
    assert.isFalse(cache.touch('k', { expires: Date.now() - 50 }));
    assert.isUndefined(cache.info('k'));
  });

  test('a lock that fails without an error ends the loads that wait for it', async (context) => {
    const cache = new context.Cache({ max: 5 });
    const lock = await cache.lock('k');
    const load = cache.getOrSet('k', () => 1);
    lock.fail();
    await rejects(context, load, 'not-holder');
    assert.equal(await cache.getOrSet('k', () => 2), 2);
  });

  test('a listener that ends a load in the middle of another one’s beginning mixes no keys', ({ Cache }) =>
    withTime(async () => {
      const cache = new Cache({ max: 10, lease: 20 });
      const [alice, bob] = [cache.namespace('alice'), cache.namespace('bob')];
      const aborter = new AbortController();
      const lock = await alice.lock('k');
      lock.signal.addEventListener('abort', () => aborter.abort());
      const given = failure(alice.getOrSet('k', () => 'given up', { signal: aborter.signal }));
      await sleep(100);
      lock.release();
      assert.equal((await given).name, 'AbortError');
      for (let round = 0; round < 3; round += 1) {
        const loads = [
          bob.getOrSet(`secret ${round}`, () => sleep(5).then(() => 'of bob')),
          alice.getOrSet('k', () => 'of alice'),
        ];
        assert.deepEqual(await Promise.all(loads), ['of bob', 'of alice']);
        alice.delete('k');
      }
      assert.deepEqual(cache.inspect(), []);
    }));

  test('a listener that ends the load that takes over leaves nothing at the key', ({ Cache }) =>
    withTime(async () => {
      const cache = new Cache({ max: 10, lease: 20 });
      const aborter = new AbortController();
      const stuck = ({ signal }) => {
        signal.addEventListener('abort', () => aborter.abort());
        return new Promise(() => {});
      };
      const first = failure(cache.getOrSet('k', stuck));
      await sleep(1);
      const second = failure(cache.getOrSet('k', () => sleep(2), { signal: aborter.signal }));
      cache.delete('k');
      await sleep(100);
      assert.equal((await first).code, 'load-timeout');
      assert.equal((await second).name, 'AbortError');
      const [other, own] = [cache.acquire('other'), cache.acquire('k')];
      assert.isUndefined(own.parent);
      for (const lock of [other, own]) lock.release();
      assert.deepEqual(cache.inspect(), []);
    }));

  test('a listener that asks for the key joins the load that takes over', ({ Cache }) =>
    withTime(async () => {
      const cache = new Cache({ max: 10, lease: 20 });
      let asked;
      const stuck = ({ signal }) => {
        signal.addEventListener('abort', () => (asked ??= cache.getOrSet('k', assert.fail)));
        return new Promise(() => {});
      };
      cache.getOrSet('k', stuck).catch(() => {});
      await sleep(1);
      const value = cache.getOrSet('k', () => sleep(2).then(() => 'v'));
      cache.delete('k');
      assert.equal(await value, 'v');
      assert.equal(await asked, 'v');
      assert.equal(cache.stats().loads, 2);
    }));

  test('a wait that is over ends no other one', ({ Cache }) =>
    withTime(async () => {
      const cache = new Cache({ max: 10, lease: 20 });
      const aborter = new AbortController();
      let other;
      const stuck = ({ signal }) => {
        signal.addEventListener('abort', () => {
          other ??= cache.getOrSet('other', () => sleep(5).then(() => 'v'));
          aborter.abort();
        });
        return new Promise(() => {});
      };
      const late = await failure(cache.getOrSet('k', stuck, { signal: aborter.signal }));
      assert.equal(late.code, 'load-timeout');
      assert.equal(await other, 'v');
    }));

  test('a caller that takes over waits for a lock ahead, and loads when its lease is over', ({ Cache }) =>
    withTime(async (time) => {
      const cache = new Cache({ max: 10, lease: 20 });
      cache.getOrSet('k', () => new Promise(() => {})).catch(() => {});
      cache.acquire('k').enter();
      const begun = time.now;
      assert.equal(await cache.getOrSet('k', () => 'v'), 'v');
      // The load's lease, and the lock's, which is twice as long after a turn that was lost.
      assert.equal(time.now - begun, 60);
    }));
});
