// A tier whose store fails: nobody waits long, nothing is lost, and no old value comes back.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failure, inWorld, sleep } from './caches.mjs';
import { MemoryStore, text } from './sources.mjs';

const NEWS = 20;
const never = () => assert.fail('a loader was called');

test(
  'a load that has not heard of an invalidation is refused by the store',
  inWorld(async (world) => {
    const [a, b] = [world.node(), world.node()];
    await b.cache.getOrSet('warm', world.loader());
    a.link.blocked.add('changes');
    const late = a.cache.getOrSet('k', world.loader('old', 50), { tags: ['t'] });
    await sleep(10);
    b.cache.deleteByTag('t');
    await b.tier.settled();
    assert.equal(await late, 'old', 'its own caller gets it');
    await a.tier.settled();
    assert.equal(a.tier.stats().fenced, 1);
    assert.equal(await b.cache.getOrSet('k', world.loader('new')), 'new');
  }),
);

test(
  'a load counts with what was known before it began, not with what is known at its end',
  inWorld(async (world) => {
    const [a, b] = [world.node(), world.node()];
    await a.cache.getOrSet('warm', world.loader());
    await sleep(20);
    a.link.blocked.add('changes');
    await sleep(2000);
    const late = a.cache.getOrSet('k', world.loader('old', 50), { tags: ['t'] });
    await sleep(10);
    b.cache.delete('k');
    await b.tier.settled();
    await a.cache.getOrSet('other', world.loader('loaded', 1));
    assert.equal(await late, 'old');
    await a.tier.settled();
    assert.equal(a.tier.stats().fenced, 1);
    assert.equal(await b.cache.getOrSet('k', world.loader('new')), 'new');
  }),
);

for (const calls of ['refused', 'ignored']) {
  test(
    `every call is ${calls}: loads go on, changes wait, and reach the store later`,
    inWorld(async (world) => {
      const [a, b] = [world.node({ timeout: 50, hardTimeout: 100 }), world.node()];
      a.cache.set('k', 'old').set('gone', 'old');
      await a.tier.settled();
      assert.equal(await b.cache.getOrSet('gone', never), 'old');
      a.link.calls = calls;
      a.cache.set('k', 'one').set('k', 'two');
      a.cache.delete('gone');
      const began = world.time.now;
      assert.equal(await a.cache.getOrSet('other', world.loader('loaded', 1)), 'loaded');
      assert.ok(world.time.now - began < 110, `${world.time.now - began} ms`);
      const error = await failure(a.tier.settled());
      assert.equal(error.code, 'store-unavailable');
      assert.match(error.message, /2 changes/);
      assert.equal(a.tier.stats().queued, 2);
      await sleep(1000);
      assert.equal(a.tier.state, 'open');
      assert.equal(a.cache.get('k'), 'two', 'memory has it all the while');
      a.link.calls = 'answered';
      await sleep(20_000);
      await a.tier.settled();
      assert.equal(a.tier.state, 'ok');
      assert.equal(await b.cache.getOrSet('k', never), 'two');
      assert.equal(await b.cache.getOrSet('gone', world.loader('new')), 'new');
      const states = a.events.filter(({ type }) => type === 'state').map(({ state }) => state);
      assert.equal(states.at(0), 'open');
      assert.equal(states.at(-1), 'ok');
    }),
  );
}

test(
  'answers are lost: what was done is done again, and changes nothing',
  inWorld(async (world) => {
    const [a, b] = [world.node({ hardTimeout: 100 }), world.node()];
    await a.cache.getOrSet('warm', world.loader());
    a.link.calls = 'lost';
    a.cache.set('k', 'value');
    await failure(a.tier.settled());
    a.link.calls = 'answered';
    await sleep(20_000);
    await a.tier.settled();
    // Its repetition may have been refused: then the key is invalidated, for the node itself, too.
    const value = await b.cache.getOrSet('k', world.loader('loaded'));
    await b.tier.settled();
    await sleep(NEWS);
    assert.equal(await a.cache.getOrSet('k', never), value);
  }),
);

test(
  'a value set without a connection does not replace what was set meanwhile',
  inWorld(async (world) => {
    const [a, b] = [world.node({ hardTimeout: 100 }), world.node()];
    await a.cache.getOrSet('warm', world.loader());
    a.link.calls = 'refused';
    a.cache.set('k', 'without a connection');
    await failure(a.tier.settled());
    b.cache.set('k', 'newer');
    await b.tier.settled();
    a.link.calls = 'answered';
    await sleep(20_000);
    await a.tier.settled();
    await sleep(NEWS);
    assert.notEqual(await b.cache.getOrSet('k', world.loader('loaded')), 'without a connection');
    assert.notEqual(await a.cache.getOrSet('k', world.loader('loaded')), 'without a connection');
  }),
);

test(
  'too many changes wait: everything is invalidated in their place',
  inWorld(async (world) => {
    const [a, b] = [world.node({ hardTimeout: 100, queue: 10 }), world.node()];
    b.cache.set('unrelated', 1).set('k 7', 'old');
    await b.tier.settled();
    await a.cache.getOrSet('warm', world.loader());
    a.link.calls = 'refused';
    for (let index = 0; index < 30; index += 1) a.cache.delete(`k ${index}`);
    await failure(a.tier.settled());
    assert.equal(a.tier.stats().queued, 30, 'as many as come at once are tried');
    a.cache.delete('one more');
    assert.ok(a.tier.stats().queued <= 11, `${a.tier.stats().queued}`);
    a.link.calls = 'answered';
    await sleep(20_000);
    await a.tier.settled();
    await sleep(NEWS);
    assert.equal(await b.cache.getOrSet('k 7', world.loader('new')), 'new');
  }),
);

test(
  'no news for `doubt`: memory counts as stale, until there are news again',
  inWorld(async (world) => {
    const [a, b] = [world.node({ doubt: 3000 }, { grace: 60_000 }), world.node()];
    b.cache.set('k', 'old');
    await b.tier.settled();
    assert.equal(await a.cache.getOrSet('k', never), 'old');
    a.link.blocked.add('changes');
    // The question that is under way is answered after a third of that.
    await sleep(1100);
    b.cache.set('k', 'new');
    await b.tier.settled();
    await sleep(500);
    assert.equal(a.cache.get('k'), 'old', 'it is still believed');
    await sleep(2500);
    assert.equal(a.cache.get('k'), undefined);
    assert.equal(a.tier.state, 'doubt');
    assert.equal(await a.cache.getOrSet('k', never), 'new', 'the store is asked');
    assert.ok(a.cache.getRemainingTTL('k') <= 3000, 'and is not believed for long');
    a.link.blocked.clear();
    await sleep(20_000);
    assert.equal(a.tier.state, 'ok');
    assert.equal(await a.cache.getOrSet('k', never), 'new');
    assert.ok(a.cache.getRemainingTTL('k') > 3000, 'it is believed again');
  }),
);

test(
  'a store that has lost everything: memory is emptied',
  inWorld(async (world) => {
    const [a, b] = [world.node(), world.node()];
    a.cache.set('k', 'old');
    await a.tier.settled();
    await b.cache.getOrSet('k', never);
    const late = b.cache.getOrSet('late', world.loader('late', 200));
    await sleep(10);
    world.store.lose();
    await sleep(5000);
    assert.equal(a.cache.get('k'), undefined);
    assert.equal(b.cache.get('k'), undefined);
    assert.equal(await late, 'late');
    assert.equal(b.cache.get('late'), undefined, 'a load of the time before is not kept');
    assert.equal(await a.cache.getOrSet('k', world.loader('new')), 'new');
    await a.tier.settled();
    assert.equal(await b.cache.getOrSet('k', never), 'new');
  }),
);

test(
  'a node that hears of a new epoch by a load alone empties its memory, too',
  inWorld(async (world) => {
    const a = world.node();
    a.cache.set('k', 'old');
    await a.tier.settled();
    a.link.blocked.add('changes');
    await sleep(2000);
    assert.equal(a.cache.get('k'), 'old');
    world.store.lose();
    await a.cache.getOrSet('other', world.loader('loaded', 1));
    assert.equal(a.cache.get('k'), undefined);
  }),
);

test(
  'a store that has gone back to an earlier state begins a new epoch',
  inWorld(async (world) => {
    const [a, b] = [world.node(), world.node()];
    a.cache.set('k', 'old');
    await a.tier.settled();
    const goBack = world.store.save();
    a.cache.set('k', 'newer').set('l', 1).set('m', 1);
    await a.tier.settled();
    assert.equal(await b.cache.getOrSet('k', never), 'newer');
    goBack();
    await sleep(10_000);
    assert.equal(a.cache.get('k'), undefined);
    assert.equal(await b.cache.getOrSet('k', world.loader('loaded')), 'loaded', 'the old value does not come back');
    await b.tier.settled();
    assert.equal(await a.cache.getOrSet('k', never), 'loaded');
  }),
);

test(
  'a feed that was trimmed: memory is emptied',
  inWorld(async (world) => {
    const store = new MemoryStore({ feedLength: 5 });
    const [a, b] = [world.node({ store }), world.node({ store })];
    b.cache.set('k', 'old');
    await b.tier.settled();
    await a.cache.getOrSet('k', never);
    a.link.delay = 500;
    await sleep(2000);
    b.cache.delete('k');
    for (let index = 0; index < 50; index += 1) {
      b.cache.delete(`other ${index}`);
      await b.tier.settled();
    }
    a.link.delay = 1;
    await sleep(5000);
    assert.equal(a.cache.get('k'), undefined);
  }),
);

test(
  'records that are damaged, of another version, or of another schema, are no values',
  inWorld(async (world) => {
    const a = world.node();
    const b = world.node({ schema: 2 });
    a.cache.set('k', { list: [1, 2] });
    await a.tier.settled();
    assert.equal(await b.cache.getOrSet('k', () => 'of the new schema'), 'of the new schema');
    const { data } = await recordOf(world.store, 'k');
    const damaged = Array.from(data, (_, index) => [
      data.slice(0, index),
      data.map((byte, at) => (at === index ? byte ^ 32 : byte)),
    ]);
    let misses = 0;
    for (const bytes of damaged.flat()) {
      const c = world.node();
      await overwrite(world.store, 'k', bytes);
      const value = await c.cache.getOrSet('k', () => 'loaded');
      if (value === 'loaded') misses += 1;
      c.cache.close();
    }
    assert.ok(misses > data.length, `${misses} of ${damaged.flat().length}`);
    assert.ok(b.events.some(({ type, key }) => type === 'error' && key === 'k'));
  }),
);

test(
  'a codec that throws, or gives nothing, is a miss',
  inWorld(async (world) => {
    const a = world.node();
    a.cache.set('k', 1);
    await a.tier.settled();
    for (const parse of [
      () => undefined,
      () => {
        throw new Error('no');
      },
    ]) {
      const b = world.node({ codec: text(JSON.stringify, parse) });
      assert.equal(await b.cache.getOrSet('k', () => 'loaded'), 'loaded');
      assert.equal(b.tier.stats().unreadable, 1);
    }
  }),
);

test(
  'a record that is too large for the store stays in memory, and nothing else waits for it',
  inWorld(async (world) => {
    const [a, b] = [world.node({ breaker: { after: 1 } }), world.node()];
    a.cache.set('k', 'small');
    await a.tier.settled();
    const { put, write } = a.link;
    const refuse =
      (call) =>
      async (id, record, ...rest) => {
        if (record.data.length > 1000) throw new RangeError('too large');
        return call(id, record, ...rest);
      };
    Object.assign(a.link, { put: refuse(put), write: refuse(write) });
    const large = 'x'.repeat(2000);
    a.cache.set('k', large).set('l', 'small');
    assert.equal(await a.cache.getOrSet('m', () => large), large);
    await a.tier.settled();
    assert.deepEqual([a.cache.get('k'), a.tier.state, a.tier.stats().queued], [large, 'ok', 0]);
    const told = a.events.map(({ key, error }) => [key, error.message]);
    assert.deepEqual(told.sort(), [
      ['k', 'too large'],
      ['m', 'too large'],
    ]);
    assert.equal(await b.cache.getOrSet('k', () => 'loaded'), 'loaded', 'the old value has gone');
    assert.equal(await b.cache.getOrSet('l', never), 'small');
  }),
);

test(
  'answers that are none are failures',
  inWorld(async (world) => {
    const a = world.node();
    for (const answer of [
      undefined,
      null,
      {},
      { epoch: 1, sequence: 1, now: 1 },
      { epoch: 'e', sequence: NaN, now: 1 },
    ]) {
      a.link.read = async () => answer;
      assert.equal(await a.cache.getOrSet(`k ${JSON.stringify(answer)}`, () => 'loaded'), 'loaded');
    }
    assert.equal(a.tier.stats().failures, 5);
  }),
);

test(
  'to close a cache ends its questions, and the feed',
  inWorld(async (world) => {
    const { cache, link, events } = world.node();
    await cache.getOrSet('k', world.loader());
    link.calls = 'ignored';
    const waits = failure(cache.getOrSet('other', world.loader()));
    await sleep(5);
    cache.close();
    assert.equal((await waits).code, 'disposed');
    const { changes } = link.counts;
    await sleep(20_000);
    assert.equal(link.counts.changes, changes);
    assert.deepEqual(events, []);
  }),
);

test(
  'pull: no value stays in memory for longer than `doubt`, and each load asks for changes',
  inWorld(async (world) => {
    const [a, b] = [world.node({ feed: 'pull', doubt: 2000 }), world.node()];
    b.cache.set('k', 'old').set('l', 'old');
    await b.tier.settled();
    assert.deepEqual(await Promise.all([a.cache.getOrSet('k', never), a.cache.getOrSet('l', never)]), ['old', 'old']);
    assert.ok(a.cache.getRemainingTTL('k') <= 2000);
    b.cache.set('k', 'new');
    await b.tier.settled();
    assert.equal(a.cache.get('k'), 'old');
    await a.cache.getOrSet('other', world.loader());
    await sleep(NEWS);
    assert.equal(a.cache.get('k'), undefined, 'the load has asked for changes');
    assert.equal(a.cache.get('l'), 'old');
    await sleep(2000);
    assert.equal(a.cache.get('l'), undefined);
  }),
);

/** The record of a key, as the store has it. */
async function recordOf(store, key) {
  const { records } = await store.read([`k0.'${key}`], new AbortController().signal);
  return records[0];
}

/** Puts other bytes in a record's place. */
async function overwrite(store, key, data) {
  const id = `k0.'${key}`;
  const record = { data, concerns: [id, 's0.'], life: 60_000 };
  await store.put(id, record, { keep: 60_000 }, new AbortController().signal);
}

test(
  'a change that has failed hides its own value of the store, and no other',
  inWorld(async (world) => {
    const [a, b] = [world.node(), world.node()];
    await b.cache.getOrSet('other', async () => 'stored');
    await b.cache.getOrSet('changed', async () => 'old');
    await b.tier.settled();
    await a.cache.getOrSet('warm', world.loader());
    const { drop } = a.link;
    a.link.drop = async (marks, ...rest) => {
      if (marks[0].startsWith('k')) throw new Error('too busy');
      return drop(marks, ...rest);
    };
    a.link.delays = { drop: 1000 };
    a.cache.delete('changed');
    // Sent after it, and under way for long.
    a.cache.namespace('elsewhere').deleteByTag('t');
    await sleep(50);
    assert.equal(await a.cache.getOrSet('other', never), 'stored');
    assert.equal(await a.cache.getOrSet('changed', async () => 'new'), 'new');
    assert.equal(a.tier.stats().queued, 2, 'still under way');
  }),
);
