// Locks that exclude each other across nodes, with `flight: 'store'`: on virtual time.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { failure, inWorld, sleep } from './caches.mjs';
import { InMemoryCache } from './sources.mjs';

const SHARED = { flight: 'store' };

/** A node with one of the classes that have locks. */
function nodeOf(world, kind, options = SHARED) {
  const node = world.node(options);
  if (kind === 'Cache') return node;
  // The same link, with a tier of its own.
  node.cache.close();
  const second = new node.tier.constructor(node.link, options);
  const cache = new InMemoryCache({ ttl: 60, tier: second });
  world.alsoClose(cache);
  return { ...node, cache, tier: second };
}

/** Computes a value with a lock, and counts. */
async function compute({ cache }, counts, value, takes = 50, options = undefined) {
  return cache.withLock(
    'k',
    async (lock) => {
      if (!lock.done) {
        counts.computed += 1;
        counts.now += 1;
        counts.most = Math.max(counts.most, counts.now);
        await sleep(takes);
        counts.now -= 1;
        if (value !== undefined) await lock.setResult(value);
      }
      return lock.result;
    },
    options,
  );
}

const remove = async ({ cache }) => (cache instanceof InMemoryCache ? cache.clear('k') : cache.delete('k'));
const newCounts = () => ({ computed: 0, now: 0, most: 0 });

for (const kind of ['Cache', 'InMemoryCache']) {
  const run = (name, body, options) =>
    test(
      `${kind}: ${name}`,
      inWorld(async (world) => {
        const nodes = [0, 1, 2].map(() => nodeOf(world, kind, options));
        await body(nodes, newCounts(), world);
      }),
    );

  describe(`locks of ${kind}`, () => {
    run('one of three nodes computes, and the others get its result', async (nodes, counts) => {
      const callers = nodes.flatMap((node, index) => [compute(node, counts, index), compute(node, counts, index)]);
      const values = await Promise.all(callers);
      assert.deepEqual([new Set(values).size, counts.computed], [1, 1]);
    });

    run(
      'without turns in the store, each node computes',
      async (nodes, counts) => {
        await Promise.all(nodes.map((node) => compute(node, counts, 1)));
        assert.deepEqual([counts.computed, counts.most], [3, 3]);
      },
      {},
    );

    run(
      'a holder without a result leaves the turn to the next node, long before its lease ends',
      async (nodes, counts) => {
        const begun = performance.now();
        const [a, b, c] = nodes;
        const values = await Promise.all([compute(a, counts), compute(b, counts), compute(c, counts, 'c')]);
        assert.equal(counts.most, 1);
        assert.ok(counts.computed >= 1 && values[2] === 'c', `${values}`);
        assert.ok(performance.now() - begun < 2000, `${performance.now() - begun} ms`);
      },
    );

    run('so does one that fails', async ([a, b], counts) => {
      const failing = a.cache.withLock('k', async (lock) => {
        await sleep(20);
        lock.fail(new Error('down'));
        throw new Error('down');
      });
      failing.catch(() => {});
      await sleep(10);
      const begun = performance.now();
      assert.equal(await compute(b, counts, 'b'), 'b');
      assert.ok(performance.now() - begun < 1000);
      await assert.rejects(failing, /down/);
    });

    run(
      'a holder that never leaves loses its turn when its lease is over, and its late result is refused',
      async ([a, b, c], counts) => {
        const late = compute(a, counts, 'late', 10_000, { lease: 3000 });
        await sleep(100);
        const begun = performance.now();
        assert.equal(await compute(b, counts, 'new'), 'new');
        const took = performance.now() - begun;
        assert.ok(took > 2500 && took < 4000, `${took} ms`);
        assert.equal(await late, 'late');
        await a.tier.settled();
        assert.equal(a.tier.stats().fenced, 1);
        for (const { cache } of [a, b, c]) {
          assert.equal(await cache.withLock('k', (lock) => lock.result), 'new');
        }
      },
    );

    run(
      'a result that an invalidation has overtaken is refused, though its node has not heard of it',
      async ([a, b], counts) => {
        await compute(b, counts, 'old');
        a.link.blocked.add('changes');
        await b.tier.settled();
        await remove(b);
        await b.tier.settled();
        const late = compute(a, counts, 'late', 100);
        await sleep(50);
        await remove(b);
        await b.tier.settled();
        await late;
        await a.tier.settled();
        assert.equal(a.tier.stats().fenced, 1);
        assert.equal(await compute(b, counts, 'new'), 'new');
      },
    );

    run('who gives up waiting blocks nobody', async ([a, b, c], counts) => {
      const holder = compute(a, counts, undefined, 1000);
      await sleep(20);
      const error = await failure(compute(b, counts, 'b', 10, { timeout: 300 }));
      assert.equal(error.code, 'lock-timeout');
      const aborter = new AbortController();
      const gone = failure(compute(b, counts, 'b', 10, { signal: aborter.signal }));
      await sleep(200);
      aborter.abort(new Error('enough'));
      assert.equal((await gone).message, 'enough');
      await sleep(300);
      const asked = b.link.counts.turn;
      await sleep(400);
      assert.equal(b.link.counts.turn, asked);
      await holder;
      const begun = performance.now();
      assert.equal(await compute(c, counts, 'c'), 'c');
      assert.ok(performance.now() - begun < 1000);
    });

    run('a turn that comes when its lock has given up goes back', async ([a, b], counts) => {
      a.link.delays.turn = 500;
      assert.equal((await failure(compute(a, counts, 'a', 10, { timeout: 300 }))).code, 'lock-timeout');
      await sleep(300);
      const begun = performance.now();
      assert.equal(await compute(b, counts, 'b'), 'b');
      assert.ok(performance.now() - begun < 1000);
    });

    run('without an answer of the store, each node computes for itself', async (nodes, counts) => {
      for (const { link } of nodes) link.calls = 'ignored';
      const begun = performance.now();
      await Promise.all(nodes.map((node) => compute(node, counts, 1)));
      assert.equal(counts.computed, 3);
      assert.ok(performance.now() - begun < 5000);
    });

    run('a result that is set without a look replaces the old one everywhere', async ([a, b], counts) => {
      assert.equal(await compute(b, counts, 'old'), 'old');
      await b.tier.settled();
      const lock = a.cache.acquire('k');
      await lock.setResult('new');
      await lock.exit();
      await a.tier.settled();
      await sleep(50);
      assert.notEqual(await b.cache.get('k'), 'old');
    });

    run('locks of one node take one turn after the other in the store', async ([a, b], counts) => {
      const mine = [1, 2, 3].map(() => compute(a, counts, undefined, 20));
      const others = [1, 2, 3].map(() => compute(b, counts, undefined, 20));
      await Promise.all([...mine, ...others]);
      assert.deepEqual([counts.computed, counts.most], [6, 1]);
    });
  });
}

test(
  'a mere look of an InMemoryCache takes no turn',
  inWorld(async (world) => {
    const { cache, link } = nodeOf(world, 'InMemoryCache');
    assert.equal(await cache.get('k'), undefined);
    assert.equal(link.counts.turn, undefined);
  }),
);

test(
  'a subclass of InMemoryCache whose methods do more keeps them in the locks',
  inWorld(async (world) => {
    const { link } = world.node(SHARED);
    const tier = new (world.node().tier.constructor)(link, SHARED);
    const calls = [];
    class Counting extends InMemoryCache {
      async set(...words) {
        calls.push('set');
        return super.set(...words);
      }
    }
    const cache = new Counting({ tier });
    world.alsoClose(cache);
    await cache.withLock('k', (lock) => lock.setResult(1));
    assert.deepEqual(calls, ['set']);
    assert.equal(await cache.get('k'), 1);
  }),
);
