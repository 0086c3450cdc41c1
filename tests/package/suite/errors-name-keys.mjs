// Errors about a lock or a load name its key.

import { assert, failure, group, never, settled, withClock } from './harness.mjs';

export default group('errors name the key', (test) => {
  const long = 'did:web:example.com:'.repeat(4);

  for (const key of ['k', '', 7, '7', 'a "quoted" key', long]) {
    test(`${JSON.stringify(key)}`, ({ Cache, CacheError }) =>
      withClock(async (clock) => {
        const cache = new Cache({ max: 10 });
        const errors = [];
        const note = async (promise) => errors.push(await failure(promise));
        const dead = await cache.lock(key, { lease: 1000 });
        await note(cache.lock(key, { timeout: 0 }));
        clock.advance(1000);
        const lock = await cache.lock(key);
        errors.push(dead.signal.reason);
        await note(dead.setResult('late'));
        const waiting = cache.acquire(key);
        const entered = failure(waiting.enter());
        await note(waiting.setResult('early'));
        await settled();
        waiting.release();
        errors.push(await entered);
        await lock.setResult('v');
        await note(lock.setResult('w'));
        await lock.exit();
        cache.delete(key);
        await note(cache.getOrSet(key, never, { hardTimeout: 0 }));
        await note(cache.getOrSet(key, () => cache.getOrSet(key, never)));
        await note(cache.getOrSetMany([key], never, { hardTimeout: 0 }));
        let signal;
        const controller = new AbortController();
        const given = failure(
          cache.getOrSet(key, (context) => ((signal = context.signal), never()), { signal: controller.signal }),
        );
        controller.abort();
        await given;
        errors.push(signal.reason);
        assert.deepEqual(
          errors.map(({ code }) => code),
          [
            'lock-timeout',
            'lock-lost',
            'lock-lost',
            'not-holder',
            'not-holder',
            'result-already-set',
            'load-timeout',
            'reentrant',
            'load-timeout',
            'load-timeout',
          ],
        );
        const shown = key === long ? JSON.stringify(`${long.slice(0, 40)}…`) : JSON.stringify(key);
        for (const error of errors) {
          assert.instanceOf(error, CacheError);
          assert.strictEqual(error.key, key, error.code);
          assert.isTrue(error.message.startsWith(`${shown}: `), error.message);
          assert.isBelow(error.message.length, 200);
        }
      }));
  }

  test('an error about no key has none', ({ Cache, CacheError }) => {
    assert.throws(() => new Cache({ max: -1 }), CacheError);
    assert.isUndefined(new CacheError('disposed', 'gone').key);
    assert.equal(new CacheError('lock-lost', 'gone', { key: 'k' }).key, 'k');
  });
});
