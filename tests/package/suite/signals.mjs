// A caller's signal: one listener however many calls have it, and none when they are over.

import { assert, failure, gated, group, never, settled, sleep } from './harness.mjs';

/** A signal that knows its listeners, made by hand. */
class CountingSignal {
  aborted = false;
  reason = undefined;
  listeners = new Set();
  /** The most listeners that it had at once. */
  most = 0;
  addEventListener(_, listener) {
    this.listeners.add(listener);
    this.most = Math.max(this.most, this.listeners.size);
  }
  removeEventListener(_, listener) {
    this.listeners.delete(listener);
  }
  abort(reason) {
    this.aborted = true;
    this.reason = reason;
    for (const listener of [...this.listeners]) listener({ type: 'abort' });
  }
}

const KEYS = Array.from({ length: 11 }, (_, index) => `k${index}`);
const reason = new Error('enough');

/** Calls that wait with a signal, and are over when `open` is called. */
const WAITS = {
  'loads of many keys': (cache, signal) => {
    const gates = KEYS.map(() => gated());
    return {
      waits: KEYS.map((key, index) => cache.getOrSet(key, gates[index].loader, { signal })),
      open: () => gates.forEach(({ open }) => open('v')),
    };
  },
  'loads of one key': (cache, signal) => {
    const gate = gated();
    return {
      waits: KEYS.map(() => cache.getOrSet('k', () => gate.loader({}), { signal })),
      open: () => gate.open('v'),
    };
  },
  'one load of many keys': (cache, signal) => {
    const gate = gated();
    return { waits: [cache.getOrSetMany(KEYS, gate.loader, { signal })], open: () => gate.open(KEYS) };
  },
  'loads of several caches': (cache, signal, { Cache }) => {
    const gates = KEYS.map(() => gated());
    return {
      waits: gates.map(({ loader }) => new Cache({ max: 10 }).getOrSet('k', loader, { signal })),
      open: () => gates.forEach(({ open }) => open('v')),
    };
  },
  locks: (cache, signal) => {
    const holder = cache.acquire('k');
    return {
      waits: KEYS.map(() => cache.withLock('k', () => 'v', { signal })),
      open: () => holder.release(),
    };
  },
  'locks of an InMemoryCache': (_, signal, { InMemoryCache }) => {
    const cache = new InMemoryCache();
    const holder = cache.acquire('k');
    return {
      waits: KEYS.map(() => cache.withLock('k', () => 'v', { signal })),
      open: () => holder.release(),
    };
  },
};

export default group('signals', (test) => {
  for (const [what, begin] of Object.entries(WAITS)) {
    test(`${what} with one signal: one listener, and none once they are over`, async (context) => {
      const signal = new CountingSignal();
      const cache = new context.Cache({ max: 20 });
      const { waits, open } = begin(cache, signal, context);
      await settled();
      const meanwhile = signal.listeners.size;
      open();
      await Promise.all(waits);
      assert.deepEqual([meanwhile, signal.most], [1, 1]);
      assert.equal(signal.listeners.size, 0, 'when they are over');
    });

    test(`${what}: all of them end when their signal aborts, and leave no listener`, async (context) => {
      const signal = new CountingSignal();
      const { waits } = begin(new context.Cache({ max: 20 }), signal, context);
      await settled();
      const failures = waits.map(failure);
      signal.abort(reason);
      for (const error of await Promise.all(failures)) assert.strictEqual(error, reason);
      assert.equal(signal.listeners.size, 0);
    });
  }

  test('callers of one signal end in the order in which they came', async ({ Cache }) => {
    const cache = new Cache({ max: 20 });
    const signal = new CountingSignal();
    const ended = [];
    const waits = [...KEYS, 'k0', 'k5'].map((key, index) =>
      cache.getOrSet(key, never, { signal }).catch(() => ended.push(index)),
    );
    signal.abort(reason);
    await Promise.all(waits);
    assert.deepEqual(
      ended,
      [...ended].sort((a, b) => a - b),
    );
    assert.lengthOf(ended, waits.length);
  });

  test('who comes after the others are over waits with the same signal', async ({ Cache }) => {
    const cache = new Cache({ max: 20 });
    const signal = new CountingSignal();
    for (const key of ['a', 'b'])
      assert.equal(await cache.getOrSet(key, async () => (await sleep(1), key), { signal }), key);
    const wait = failure(cache.getOrSet('c', never, { signal }));
    assert.equal(signal.listeners.size, 1);
    signal.abort(reason);
    assert.strictEqual(await wait, reason);
    assert.equal(signal.listeners.size, 0);
  });

  test('each try of a load leaves its signal as it was', async ({ Cache }) => {
    const cache = new Cache({ max: 10 });
    let counts;
    const fails = ({ signal }) => {
      if (counts === undefined) {
        counts = { now: 0, most: 0 };
        const { addEventListener, removeEventListener } = signal;
        signal.addEventListener = function (...all) {
          counts.most = Math.max(counts.most, (counts.now += 1));
          return addEventListener.apply(signal, all);
        };
        signal.removeEventListener = function (...all) {
          counts.now -= 1;
          return removeEventListener.apply(signal, all);
        };
      }
      throw reason;
    };
    await failure(cache.getOrSet('k', fails, { retry: { times: 30, delay: 0 } }));
    assert.deepEqual(counts, { now: 0, most: 1 });
  });
});
