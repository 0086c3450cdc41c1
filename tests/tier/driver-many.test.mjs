// Many keys at once, where one node loads for all: each node loads in one call what it has the turns for.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inWorld, sleep } from './caches.mjs';

const never = () => assert.fail('a loader was called');
const list = (...numbers) => numbers.map((number) => `key ${number}`);
const range = (from, to) => list(...Array.from({ length: to - from }, (_, index) => from + index));

/** Two nodes that take turns, and a loader that notes its calls. */
function pair(world, options) {
  const [a, b] = [1, 2].map(() => world.node({ flight: 'store', ...options }));
  const calls = [];
  const loader =
    (who, takes = 100) =>
    async (keys) => {
      calls.push([who, ...keys]);
      await sleep(takes);
      return keys.map((key) => `${key} of ${who}`);
    };
  return { a, b, calls, loader };
}

test(
  'many keys whose turns a node gets: one call of the loader',
  inWorld(async (world) => {
    const { a, b, calls, loader } = pair(world);
    const keys = range(0, 100);
    const values = await a.cache.getOrSetMany(keys, loader('a'));
    assert.deepEqual(
      values,
      keys.map((key) => `${key} of a`),
    );
    assert.deepEqual(calls, [['a', ...keys]]);
    await a.tier.settled();
    assert.deepEqual(await b.cache.getOrSetMany(keys, never), values);
  }),
);

test(
  'turns whose answers come one after another: one call of the loader',
  inWorld(async (world) => {
    const { a, calls, loader } = pair(world);
    const { turn } = a.link;
    let asked = 0;
    a.link.turn = async (...words) => {
      asked += 1;
      await sleep(asked * 3);
      return turn(...words);
    };
    await a.cache.getOrSetMany(range(0, 20), loader('a'));
    assert.deepEqual(calls, [['a', ...range(0, 20)]]);
  }),
);

test(
  'two nodes want the same keys in other orders: each key is loaded once, and nobody waits for ever',
  inWorld(async (world) => {
    for (let round = 0; round < 20; round += 1) {
      const { a, b, calls, loader } = pair(world, { lease: 60_000 });
      const keys = range(round * 100, round * 100 + 30);
      const [one, other] = [[...keys, `${round} alone`], [...keys].reverse()];
      a.link.delays.turn = 1 + (round % 3);
      b.link.delay = 1 + (round % 5);
      const begun = world.time.now;
      const [first, second] = await Promise.all([
        a.cache.getOrSetMany(one, loader('a')),
        b.cache.getOrSetMany(other, loader('b')),
      ]);
      assert.ok(world.time.now - begun < 1000, `${world.time.now - begun} ms`);
      assert.deepEqual(second, first.slice(0, 30).reverse());
      const loaded = calls.flatMap(([, ...keys]) => keys);
      assert.deepEqual(loaded.sort(), [...one].sort(), 'each once');
      assert.ok(calls.length <= 2, `${calls.length} calls`);
    }
  }),
);

test(
  'keys whose turn another node has are waited for, and hold up no others',
  inWorld(async (world) => {
    const { a, b, calls, loader } = pair(world);
    const slow = a.cache.getOrSetMany(list(1, 2), loader('a', 1000));
    await sleep(20);
    const begun = world.time.now;
    const fast = b.cache.getOrSetMany(list(1, 2, 3, 4), loader('b', 10));
    await sleep(50);
    assert.equal(b.cache.get('key 3'), 'key 3 of b');
    assert.deepEqual(await fast, ['key 1 of a', 'key 2 of a', 'key 3 of b', 'key 4 of b']);
    assert.ok(world.time.now - begun < 1500);
    await slow;
    assert.deepEqual(calls, [
      ['a', ...list(1, 2)],
      ['b', ...list(3, 4)],
    ]);
  }),
);

test(
  'a node dies that has the turns of many keys: another one loads them in one call when the lease is over',
  inWorld(async (world) => {
    const { a, b, calls, loader } = pair(world, { lease: 2000 });
    void a.cache.getOrSetMany(range(0, 30), loader('a', 1e9)).catch(() => {});
    await sleep(20);
    a.link.calls = 'ignored';
    const begun = world.time.now;
    const values = await b.cache.getOrSetMany(range(0, 30), loader('b'));
    assert.ok(values.every((value) => value.endsWith('of b')));
    const took = world.time.now - begun;
    assert.ok(took > 1900 && took < 2600, `${took} ms`);
    assert.deepEqual(
      calls.map(([who, ...keys]) => [who, keys.length]),
      [
        ['a', 30],
        ['b', 30],
      ],
    );
  }),
);

test(
  'without an answer about turns, the loader is called once, too',
  inWorld(async (world) => {
    const { a, calls, loader } = pair(world, { hardTimeout: 300 });
    a.link.blocked.add('turn');
    const begun = world.time.now;
    await a.cache.getOrSetMany(range(0, 30), loader('a', 10));
    assert.ok(world.time.now - begun < 600);
    assert.deepEqual(calls, [['a', ...range(0, 30)]]);
  }),
);

test(
  'a load that fails gives its turns back',
  inWorld(async (world) => {
    const { a, b, calls, loader } = pair(world, { lease: 60_000 });
    const fails = a.cache.getOrSetMany(list(1, 2), async () => {
      await sleep(50);
      throw new Error('the source is down');
    });
    await sleep(20);
    const values = b.cache.getOrSetMany(list(1, 2), loader('b', 10));
    await assert.rejects(fails, /the source is down/);
    assert.deepEqual(await values, ['key 1 of b', 'key 2 of b']);
    assert.deepEqual(calls, [['b', ...list(1, 2)]]);
  }),
);
