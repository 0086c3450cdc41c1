// The store in a Durable Object, in Cloudflare's own runtime.

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { FIRST, Flare, LATER, rules } from './workers/flare.mjs';

/** The first date at which workers can call an object's methods. */
const OLDEST = '2024-04-03';
const LARGE = 1_900_000;

describe('Durable Objects', { concurrency: true }, () => {
  describe('the suite', { concurrency: 12 }, () => {
    let flare;
    before(async () => (flare = await Flare.start(FIRST)));
    after(() => flare.stop());
    for (const rule of rules({})) test(`an object, ${rule}`, () => flare.rule('durable', rule));
  });

  describe('an object', { concurrency: true }, () => {
    let flare;
    let count = 0;
    before(async () => (flare = await Flare.start(LATER)));
    after(() => flare.stop());

    /** A store of its own for a test. */
    const make = (name = `object ${(count += 1)}`) => ({
      step: (step, options) => flare.step('durable', name, step, options),
      get: (id) => flare.step('durable', name, 'get', { id }),
    });
    /** Has time pass in an object. */
    const until = async (store, moment) => {
      for (;;) {
        const { now } = await store.step('position');
        if (now > moment) return;
        await sleep(moment - now + 1);
      }
    };

    test('an object that is stopped has everything again', async () => {
      const store = make();
      const start = await store.step('position');
      await store.step('put', { id: 'a', value: 'a' });
      const { turn } = await store.step('turn', { id: 'a', node: 'n', lease: 60_000 });
      const dropped = await store.step('drop', { marks: ['tag 2'] });
      const waiting = store.step('changes', { after: dropped, wait: 20_000 }).then(
        () => 'an answer',
        () => 'an error',
      );
      await sleep(100);
      await store.step('stop');
      assert.equal(await waiting, 'an error');
      const { epoch, sequence } = await store.step('position');
      assert.deepEqual({ epoch, sequence }, { epoch: start.epoch, sequence: dropped.sequence });
      assert.equal(await store.get('a'), 'a');
      assert.equal(await store.step('write', { id: 'b', value: 'b', since: start, concerns: ['tag 2'] }), 'fenced');
      assert.equal((await store.step('turn', { id: 'a', node: 'other', lease: 1000 })).turn, undefined);
      assert.equal((await store.step('changes', { after: start })).changes.length, 2);
      const again = await store.step('drop', { marks: ['b'] });
      assert.equal(again.sequence, dropped.sequence + 1);
      assert.ok(turn < again.sequence);
      assert.equal((await store.step('report')).starts, 2);
    });

    test('an object that is evicted from memory has everything again', async () => {
      const store = make();
      await store.step('put', { id: 'a', value: 'a' });
      const before = await store.step('position');
      // An object is evicted after ten seconds without a call.
      await sleep(11_500);
      const after = await store.step('position');
      assert.deepEqual([after.epoch, after.sequence], [before.epoch, before.sequence]);
      assert.equal(await store.get('a'), 'a');
      assert.equal((await store.step('report')).starts, 2);
    });

    test('a leader that dies with its request is succeeded after its lease', async () => {
      const store = make();
      const since = await store.step('position');
      await store.step('takeAndDie', { id: 'a', lease: 6000 });
      const refused = await store.step('turn', { id: 'a', node: 'next', lease: 60_000 });
      assert.ok(refused.heldFor > 0 && refused.heldFor <= 6000, `heldFor is ${refused.heldFor}`);
      await until(store, refused.now + refused.heldFor);
      const next = await store.step('turn', { id: 'a', node: 'next', lease: 60_000 });
      assert.ok(next.turn > since.sequence);
      const late = { id: 'a', value: 'late', since, turn: refused.sequence };
      assert.equal(await store.step('write', late), 'fenced');
      assert.equal(await store.step('write', { ...late, value: 'next', turn: next.turn }), 'stored');
      await store.step('endTurn', { id: 'a', turn: next.turn });
      assert.ok((await store.step('turn', { id: 'a', node: 'third', lease: 1000 })).turn > next.turn);
      assert.equal(await store.get('a'), 'next');
    });

    test('a request that ends while it waits for changes harms nobody', async () => {
      const store = make();
      const start = await store.step('position');
      await store.step('leave', { after: start });
      const other = store.step('changes', { after: start, wait: 20_000 });
      await sleep(100);
      const begun = performance.now();
      const { sequence } = await store.step('drop', { marks: ['a'] });
      assert.equal((await other).changes[0].sequence, sequence);
      assert.ok(performance.now() - begun < 10_000);
      assert.equal((await store.step('changes', { after: start, wait: 20_000 })).changes.length, 1);
      assert.doesNotMatch(flare.said, /different request|hung|uncaught|disposed/i);
    });

    test('a call is held for half a minute at most', async () => {
      assert.equal(await make().step('held'), 30_000);
    });

    test('a store lives on after the request that has made it', async () => {
      const store = make();
      const first = await store.step('keep');
      await store.step('drop', { marks: ['a'] });
      assert.equal(await store.step('useKept'), first + 1);
    });

    test('a record that is too large is refused, and nothing has changed', async () => {
      const store = make();
      await store.step('put', { id: 'a', value: 'a' });
      const since = await store.step('position');
      const expected = /^RangeError: durable: the record "a" has 20000\d\d bytes, and an object holds at most 1990000$/;
      assert.match(await store.step('write', { id: 'a', value: 2_000_000, since }), expected);
      assert.match(await store.step('put', { id: 'a', value: 2_000_000 }), expected);
      const names = Array.from({ length: 100 }, (_, index) => `${index}${'x'.repeat(30_000)}`);
      assert.equal(await store.step('put', { id: 'b', value: 'b', concerns: names }), 'stored');
      const { sequence } = await store.step('position');
      assert.equal(sequence, since.sequence + 1);
      assert.equal(await store.get('a'), 'a');
    });

    test('more than a call can bring is brought by several', async () => {
      const store = make();
      const since = await store.step('position');
      const ids = Array.from({ length: 20 }, (_, index) => `${index}`);
      for (const id of ids) assert.equal(await store.step('write', { id, value: LARGE, since }), 'stored');
      const sizes = await store.step('sizes', { ids: ['none', ...ids, 'none'] });
      assert.deepEqual(sizes, [null, ...ids.map(() => LARGE), null]);
    });

    test('names of a megabyte, and 30,000 marks in one call', async () => {
      const { before, after, isTrimmed } = await make().step('longNames');
      assert.deepEqual(before, ['0', '1']);
      assert.deepEqual(after, [null, null]);
      // The change is longer than what the log keeps.
      assert.equal(isTrimmed, true);
      assert.deepEqual(await make().step('manyMarks', { count: 30_000 }), { isThere: false, isTrimmed: true });
    });

    test('the log has a bound, and says what it has forgotten', async () => {
      const store = make();
      const start = await store.step('position');
      await store.step('dropMany', { count: 9_990 });
      const news = await store.step('changes', { after: start });
      assert.deepEqual([news.changes.length, news.isTrimmed], [9_990, false]);
      await store.step('dropMany', { count: 20 });
      assert.deepEqual((await store.step('changes', { after: start })).isTrimmed, true);
      const rest = await store.step('changes', { after: news });
      assert.deepEqual([rest.changes.length, rest.isTrimmed], [20, false]);
      assert.equal((await store.step('report')).rows.keylatch_log, 10_000);
    });

    test('a new epoch counts on from what a node has seen', async () => {
      const store = make();
      const { epoch } = await store.step('put', { id: 'a', value: 'a' }).then(() => store.step('position'));
      const renewed = await store.step('renew', { epoch, atLeast: 5_000_000 });
      assert.ok(renewed.epoch !== epoch && renewed.sequence > 5_000_000);
      assert.equal(await store.get('a'), null);
      assert.equal(await store.step('write', { id: 'a', value: 'new', since: renewed }), 'stored');
      const { sequence } = await store.step('drop', { marks: ['b'] });
      assert.equal(sequence, renewed.sequence + 1);
      assert.deepEqual((await store.step('changes', { after: renewed })).changes.length, 1);
    });

    test('what is over is removed, a part each time', async () => {
      const store = make();
      const since = await store.step('position');
      await store.step('dropMany', { count: 2_500, keep: 100 });
      const stays = await store.step('position');
      await store.step('write', { id: 'over', value: 'a', since: stays, life: 100 });
      await store.step('write', { id: 'stays', value: 'a', since: stays, life: null });
      await store.step('write', { id: 'invalid', value: 'a', since: stays, life: 300_000 });
      await store.step('drop', { marks: ['invalid'], soft: true, keep: 100 });
      await store.step('turn', { id: 'x', node: 'n', lease: 100 });
      const { alarm, rows } = await store.step('report');
      assert.ok(alarm > stays.now + 500_000 && alarm < stays.now + 700_000, `the alarm is at ${alarm}`);
      assert.deepEqual([rows.keylatch_names, rows.keylatch_turns], [2_503, 1]);
      await until(store, stays.now + 1000);
      assert.equal(await store.step('sweep'), 1504);
      // Its alarm goes on with the rest.
      for (let left, round = 0; left !== 2; round += 1) {
        assert.ok(round < 200, `${left} names are left`);
        await sleep(100);
        left = (await store.step('report')).rows.keylatch_names;
      }
      const report = await store.step('report');
      assert.equal(report.rows.keylatch_turns, 0);
      // One record still has an end, so there will be another sweep.
      assert.ok(report.alarm > stays.now + 500_000);
      assert.equal(await store.get('stays'), 'a');
      // The marks are forgotten, and fence all the same.
      assert.equal(await store.step('write', { id: 'y', value: 'old', since, concerns: ['many 7'] }), 'fenced');
      assert.equal(
        await store.step('write', { id: 'y', value: 'new', since: stays, life: 1, concerns: ['many 7'] }),
        'stored',
      );
      await store.step('drop', { marks: ['invalid'], keep: 100 });
      await until(store, (await store.step('position')).now + 1000);
      await store.step('sweep');
      const last = await store.step('report');
      assert.deepEqual([last.rows.keylatch_names, last.alarm], [1, null]);
    });

    test('what each operation writes', async () => {
      assert.deepEqual(await make().step('costs'), {
        read: 0,
        write: 1,
        'write again': 1,
        put: 2,
        'put again': 2,
        drop: 2,
        'drop three': 4,
        expire: 2,
        changes: 0,
        turn: 2,
        'turn refused': 0,
        endTurn: 1,
      });
    });

    test('a value that is a part of a large buffer, and changes on its way', async () => {
      assert.deepEqual(await make().step('views'), { data: [1, 1, 1], buffer: 3, isPlain: true });
    });

    test('a function that returns a stub, and what is none', async () => {
      const { value, errors } = await make().step('made');
      assert.equal(value, 'a');
      assert.deepEqual(
        errors,
        errors.map(() => 'TypeError'),
      );
    });
  });

  test('a runtime that ends and starts again has everything', async (context) => {
    const persist = await mkdtemp(join(tmpdir(), 'keylatch-'));
    context.after(() => rm(persist, { recursive: true, force: true }));
    let before;
    for (const date of [FIRST, LATER]) {
      const flare = await Flare.start(date, { persist });
      const step = (name, options) => flare.step('durable', 'stays', name, options);
      if (before === undefined) {
        await step('put', { id: 'a', value: 'a' });
        before = await step('drop', { marks: ['b'] });
      } else {
        assert.equal(await step('get', { id: 'a' }), 'a');
        const { epoch, sequence } = await step('drop', { marks: ['b'] });
        assert.deepEqual([epoch, sequence], [before.epoch, before.sequence + 1]);
      }
      await flare.stop();
    }
  });

  test('the store works from the first date at which workers can call methods', async () => {
    const flare = await Flare.start(OLDEST);
    const step = (name, options) => flare.step('durable', 'old', name, options);
    await step('put', { id: 'a', value: 'a' });
    assert.equal(await step('get', { id: 'a' }), 'a');
    await flare.stop();
  });
});
