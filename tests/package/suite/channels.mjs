// Node's diagnostics channels, in the runtimes that have them.

import { assert, failure, group, refuses, settled } from './harness.mjs';

/** None where the runtime has none. In Next's edge runtime, each function of the process throws. */
function findChannels() {
  try {
    return globalThis.process?.getBuiltinModule?.('node:diagnostics_channel');
  } catch {
    return undefined;
  }
}

const diagnostics = findChannels();

/** Runs a test with a subscriber, and gives what it was told. */
async function subscribed(name, run, tell = () => {}) {
  const told = [];
  const listener = (message, channel) => {
    assert.equal(channel, name);
    told.push(message);
    tell(message);
  };
  diagnostics.subscribe(name, listener);
  try {
    await run(told);
    await settled();
  } finally {
    diagnostics.unsubscribe(name, listener);
  }
  return told;
}

export default group('channels', (test) => {
  test('a cache has a name', (context) => {
    assert.equal(new context.Cache({ max: 5, name: 'dids' }).name, 'dids');
    assert.isUndefined(new context.Cache({ max: 5 }).name);
    for (const name of [5, null, {}]) {
      refuses(context, () => new context.Cache({ max: 5, name }), 'invalid-option', 'name');
    }
  });

  if (diagnostics === undefined) return;

  test('keylatch:evict tells of evictions, without the values', async ({ Cache }) => {
    for (const dispose of [undefined, () => {}]) {
      const cache = new Cache({ max: 2, policy: 'lru', name: 'dids', dispose });
      cache.set('before', 1);
      const told = await subscribed('keylatch:evict', () => {
        cache.set('a', 1).set('b', 1).set('c', 1, { ttl: 5 });
        cache.namespace('n').set('d', 1);
        cache.delete('d');
        cache.take('c');
        cache.resize(1);
        cache.clear();
      });
      assert.deepEqual(told, [
        { cache: 'dids', key: 'before', namespace: [] },
        { cache: 'dids', key: 'a', namespace: [] },
        { cache: 'dids', key: 'b', namespace: [] },
      ]);
      cache.set('a', 1).set('b', 1);
      await settled();
      assert.equal(told.length, 3, 'nobody listens any more');
    }
  });

  test('keylatch:load tells of loaders, with the time that they take', async ({ Cache }) => {
    const cache = new Cache({ max: 10 });
    const error = new Error('from the loader');
    const told = await subscribed('keylatch:load', async () => {
      await Promise.all([1, 2].map(() => cache.getOrSet('a', () => 'secret')));
      await cache.getOrSet('a', assert.fail);
      await failure(cache.namespace('n').getOrSet('b', () => Promise.reject(error)));
    });
    const durations = told.map(({ duration }) => duration);
    assert.isTrue(durations.every((duration) => duration >= 0 && duration < 60_000));
    const rest = { cache: undefined };
    assert.deepEqual(
      told.map(({ duration: _, ...message }) => message),
      [
        { ...rest, key: 'a', namespace: [] },
        { ...rest, key: 'b', namespace: ['n'], error },
      ],
    );
  });

  test('a subscriber may use the cache', async ({ Cache }) => {
    const cache = new Cache({ max: 2, name: 'dids' });
    await subscribed(
      'keylatch:evict',
      async () => {
        for (let key = 0; key < 10; key += 1) cache.set(key, key);
        assert.equal(cache.size, 2);
      },
      ({ key }) => cache.delete(key + 1),
    );
    assert.isAtMost(cache.size, 2);
    cache.set('a', 1);
    assert.equal(cache.get('a'), 1);
  });
});
