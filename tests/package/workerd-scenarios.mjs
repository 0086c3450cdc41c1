// Where loads and locks of one request meet those of another, on workerd. Each scenario has a key of its own.

import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';

/** How long a request may load, or hold a lock: as in runtimes/requests.mjs. */
export const LEASE = 300;

/** How late a timer and an answer may be on a busy machine. */
export const SLACK = 300;

/** @typedef {import('./workerd.mjs').Requests} Requests */
/** @type {Record<string, (requests: Requests, key: string) => Promise<void>>} */
export const SCENARIOS = {
  'two requests at once have one load': async (requests, key) => {
    const answers = await Promise.all([requests.load({ delay: 100 }), requests.load({ delay: 100 })]);
    assert.deepEqual(answers, [{ value: `${key} 1` }, { value: `${key} 1` }]);
    assert.equal(await requests.count(), 1);
    assert.deepEqual(await requests.load(), { value: `${key} 1` });
  },

  'a request that answers early and is kept alive stores its value': async (requests, key) => {
    const order = { delay: 150, isKept: true };
    await requests.load({ ...order, leaves: true, within: SLACK });
    assert.deepEqual(await requests.load(order), { value: `${key} 1` });
    assert.deepEqual(await requests.send({ action: 'get' }), { value: `${key} 1` });
    assert.equal(await requests.count(), 1);
  },

  'a request that answers early, and isn’t kept alive, is replaced by one of those who wait': async (requests, key) => {
    const order = { delay: 150 };
    await requests.load({ ...order, leaves: true });
    const answers = await Promise.all([1, 2, 3].map(() => requests.load(order)));
    assert.deepEqual(answers, Array(3).fill({ value: `${key} 2` }));
    assert.equal(await requests.answered(), 1, 'the first load was dead');
    assert.equal(await requests.count(), 2);
  },

  'who comes after the lease of a dead load waits for nobody': async (requests, key) => {
    await requests.load({ delay: 150, leaves: true });
    await pause(LEASE);
    const answers = await Promise.all([1, 2].map(() => requests.load({ within: SLACK })));
    assert.deepEqual(answers, Array(2).fill({ value: `${key} 2` }));
  },

  'a request whose client goes away is replaced by one of those who wait': async (requests, key) => {
    for (const [index, usesSignal] of [false, true].entries()) {
      const order = { delay: 200, usesSignal };
      const gone = requests.sendAndGo({ action: 'load', ...order, after: 100 });
      await pause(30);
      const values = (await Promise.all([1, 2].map(() => requests.load(order)))).map(({ value }) => value);
      await gone;
      assert.deepEqual(values, Array(2).fill(`${key} ${2 * index + 2}`));
      assert.equal(await requests.answered(), index + 1, 'the first load was dead');
      await requests.send({ action: 'delete' });
    }
  },

  'a client that goes away ends nothing that is kept alive': async (requests, key) => {
    const order = { delay: 200, isKept: true };
    await requests.sendAndGo({ action: 'load', ...order, after: 50 });
    assert.deepEqual(await requests.load(order), { value: `${key} 1` });
    assert.equal(await requests.count(), 1);
  },

  'a load that takes longer than its lease is replaced, and its late value isn’t stored': async (requests, key) => {
    const late = requests.load({ delay: 3 * LEASE, within: SLACK });
    await pause(50);
    const waiting = [1, 2].map(() => requests.load({ delay: 50 }));
    assert.equal((await late).code, 'load-timeout');
    assert.deepEqual(await Promise.all(waiting), Array(2).fill({ value: `${key} 2` }));
    await pause(3 * LEASE);
    assert.deepEqual(await requests.send({ action: 'get' }), { value: `${key} 2` });
  },

  'the signal of a load that is replaced ends its own request’s fetch, and nobody else’s': async (requests, key) => {
    for (const isKept of [false, true]) {
      const late = requests.load({ delay: 3 * LEASE, isKept, usesSignal: true, within: SLACK });
      await pause(50);
      const waiting = [1, 2].map(() => requests.load({ delay: 50, usesSignal: true }));
      assert.equal((await late).code, 'load-timeout');
      assert.deepEqual(await Promise.all(waiting), Array(2).fill({ value: `${key} ${isKept ? 4 : 2}` }));
      await pause(3 * LEASE);
      await requests.send({ action: 'delete' });
    }
  },

  'the signal of a load aborts when the last request gives up': async (requests, key) => {
    // The load belongs to one request, and the last that waits for it to another.
    await requests.load({ delay: 250, usesSignal: true, isKept: true, leaves: true, isHasty: true });
    const { code } = await requests.load({ isHasty: true });
    assert.equal(code, 'load-timeout');
    assert.match((await requests.load()).value, new RegExp(`^${key} `));
  },

  'an expired value is served, and a refresh that is kept alive brings the next one': async (requests, key) => {
    const order = { cache: 'brief', isKept: true };
    assert.deepEqual(await requests.load(order), { value: `${key} 1` });
    await pause(150);
    assert.deepEqual(await requests.load({ ...order, delay: 80, within: SLACK - 80 }), { value: `${key} 1` });
    await pause(120);
    assert.equal((await requests.load(order)).value, `${key} 2`);
  },

  'a refresh that dies with its request poisons nothing': async (requests, key) => {
    const order = { cache: 'brief', within: SLACK };
    await requests.load(order);
    await pause(150);
    const stale = { value: `${key} 1` };
    assert.deepEqual(await requests.load({ ...order, delay: 100, usesSignal: true }), stale);
    assert.deepEqual(await requests.load(order), stale, 'the refresh may be alive still');
    await pause(LEASE + 50);
    assert.equal(await requests.answered(), 1, 'the refresh was dead');
    assert.deepEqual(await requests.load({ ...order, isKept: true }), stale);
    await pause(50);
    assert.deepEqual(await requests.load(order), { value: `${key} 3` });
  },

  'who can’t have the expired value waits a lease for a refresh that is dead': async (requests, key) => {
    const order = { cache: 'brief' };
    await requests.load(order);
    await pause(150);
    await requests.load({ ...order, delay: 100 });
    assert.deepEqual(await requests.load({ ...order, swr: 0 }), { value: `${key} 3` });
  },

  'a loader’s error goes to both requests, and the next one loads': async (requests, key) => {
    const answers = await Promise.all([1, 2].map(() => requests.load({ delay: 100, status: 503 })));
    assert.deepEqual(answers, Array(2).fill({ error: 'upstream says 503', code: 'Error' }));
    assert.equal(await requests.count(), 1);
    assert.deepEqual(await requests.load({ within: SLACK }), { value: `${key} 2` });
  },

  'a thousand keys of a hundred requests are loaded once each': async (requests, key) => {
    for (const isBatch of [false, true]) {
      const name = (index) => `${key} ${isBatch} ${index % 1000}`;
      const lists = Array.from({ length: 100 }, (_, request) =>
        Array.from({ length: 50 }, (_, index) => name(10 * request + index)),
      );
      const answers = await Promise.all(
        lists.map((keys) => requests.send({ action: 'loadAll', keys, isBatch, lease: 5000, within: 5000 })),
      );
      for (const [index, { value }] of answers.entries()) {
        assert.deepEqual(
          value,
          lists[index].map((each) => `${each} 1`),
        );
      }
      const counts = await requests.counts();
      const mine = Object.entries(counts).filter(([each]) => decodeURIComponent(each).startsWith(`${key} ${isBatch}`));
      assert.equal(mine.length, 1000);
      assert.ok(mine.every(([, count]) => count === 1));
    }
  },

  'requests that wait for each other’s loads are not taken for hung': async (requests, key) => {
    // Values of others arrive together with their own: then nothing else may be left that keeps a request going.
    for (let round = 0; round < 5; round += 1) {
      const name = (index) => `${key} ${round} ${index % 100}`;
      const lists = Array.from({ length: 100 }, (_, request) => [name(request), name(request + 1), name(request + 2)]);
      const order = { action: 'loadAll', delay: 50, lease: 5000, within: 5000 };
      const answers = await Promise.all(lists.map((keys) => requests.send({ ...order, keys })));
      for (const [index, { value }] of answers.entries()) {
        assert.deepEqual(
          value,
          lists[index].map((each) => `${each} 1`),
        );
      }
    }
  },

  'loads of one turn are one call, and not mixed with those of another request': async (requests, key) => {
    const lists = ['a', 'b'].map((name) => [1, 2, 3].map((index) => `${key} ${name}${index}`));
    const answers = await Promise.all(
      lists.map((keys) => requests.send({ action: 'gather', by: 'turn', keys, delay: 80 })),
    );
    for (const [index, { value }] of answers.entries()) {
      assert.deepEqual(
        value,
        lists[index].map((each) => `${encodeURIComponent(each)} 1`),
      );
    }
    const { value } = await requests.send({ action: 'batches' });
    assert.deepEqual(value.sort(), lists);
  },

  'loads of several requests that wait for each other are one call': async (requests, key) => {
    const keys = [1, 2, 3].map((index) => `${key} ${index}`);
    const order = { action: 'gather', by: 'wait', delay: 230 };
    const answers = await Promise.all(keys.map((each) => requests.send({ ...order, keys: [each] })));
    assert.deepEqual(
      answers,
      keys.map((each) => ({ value: [`${encodeURIComponent(each)} 1`] })),
    );
    const { value } = await requests.send({ action: 'batches' });
    assert.deepEqual(value.flat().sort(), keys);
    assert.equal(value.length, 1);
  },

  'a request that ends before its loads were sent leaves the others alone': async (requests, key) => {
    const keys = [1, 2, 3].map((index) => `${key} ${index}`);
    const order = { action: 'gather', by: 'wait', delay: 230 };
    await requests.send({ ...order, keys: [keys[0]], leaves: true });
    const answers = await Promise.all(keys.slice(1).map((each) => requests.send({ ...order, keys: [each] })));
    assert.deepEqual(
      answers,
      keys.slice(1).map((each) => ({ value: [`${encodeURIComponent(each)} 1`] })),
    );
  },

  'a request that ends while it loads for others: they wait for their leases, and the next one loads': async (
    requests,
    key,
  ) => {
    const keys = [1, 2].map((index) => `${key} ${index}`);
    const order = { action: 'gather', by: 'wait', delay: 230 };
    const gone = requests.sendAndGo({ ...order, keys: [keys[0]], after: 190 });
    await pause(60);
    const [waited] = await Promise.all([requests.send({ ...order, keys: [keys[1]], within: LEASE + SLACK }), gone]);
    assert.equal(waited.code, 'load-timeout');
    const next = await requests.send({ ...order, by: 'turn', keys });
    assert.deepEqual(
      next.value,
      keys.map((each) => `${encodeURIComponent(each)} 2`),
    );
  },

  'a lock of a request that has ended is taken over by one, and its result goes to the others': async (requests) => {
    await requests.lock({ hold: 60_000, leaves: true, within: SLACK - 60_000 });
    const waiting = [1, 2, 3].map((result) => requests.lock({ hold: 50, result }));
    const answers = (await Promise.all(waiting)).map(({ value }) => value);
    const [holder, ...rest] = answers.filter(({ isHolder }) => isHolder);
    assert.deepEqual(rest, []);
    assert.ok(answers.every(({ result }) => result === holder.result));
  },

  'a request that holds a lock longer than its lease can’t store its result': async (requests) => {
    const late = requests.lock({ hold: 2 * LEASE, result: 'late', within: SLACK });
    await pause(50);
    assert.deepEqual((await requests.lock({ result: 'in time' })).value, { isHolder: true, result: 'in time' });
    assert.equal((await late).code, 'lock-lost');
    assert.deepEqual(await requests.send({ action: 'get' }), { value: 'in time' });
  },

  'a promise that never settles ends with its lease': async (requests, key) => {
    const never = [1, 2].map(() => requests.load({ isNever: true, within: 3 * LEASE + SLACK }));
    const codes = (await Promise.all(never)).map(({ code }) => code);
    assert.deepEqual(codes, ['load-timeout', 'load-timeout']);
    // Each that was lost has doubled the next lease.
    await requests.send({ action: 'delete' });
    const first = requests.load({ isNever: true, isKept: true });
    await pause(20);
    assert.deepEqual(await requests.load(), { value: `${key} 1` });
    assert.equal((await first).code, 'load-timeout');
  },

  'requests that end while they wait block the others for a lease at the most': async (requests, key) => {
    const holder = requests.lock({ hold: 150 });
    await pause(20);
    for (let dead = 0; dead < 5; dead += 1) await requests.lock({ leaves: true });
    // Who holds the lock leaves it without a result, to a request that is dead.
    const alive = [1, 2].map((result) => requests.lock({ result, within: 150 + LEASE + SLACK }));
    assert.deepEqual((await holder).value, { isHolder: true, result: null });
    const results = (await Promise.all(alive)).map(({ value: { result } }) => result);
    assert.equal(results[0], results[1]);
    await requests.send({ action: 'delete' });

    const leader = requests.load({ delay: 150 });
    await pause(20);
    await requests.load({ leaves: true });
    assert.deepEqual(await requests.load({ within: 150 + SLACK }), { value: `${key} 1` });
    assert.deepEqual(await leader, { value: `${key} 1` });
  },

  'a client that goes away while it waits harms nobody': async (requests, key) => {
    const leader = requests.load({ delay: 200, usesRequest: true, usesSignal: true });
    await pause(20);
    const gone = requests.sendAndGo({ action: 'load', usesRequest: true, after: 50 });
    const other = requests.load({ usesRequest: true, within: 200 + SLACK });
    await gone;
    assert.deepEqual(await Promise.all([leader, other]), Array(2).fill({ value: `${key} 1` }));
  },

  'a load of a request that ends while it waits for a lock is replaced': async (requests, key) => {
    const holder = requests.lock({ hold: 150, usesRequest: true });
    await pause(20);
    await requests.load({ leaves: true });
    assert.deepEqual(await requests.load({ within: 150 + LEASE + SLACK }), { value: `${key} 1` });
    await holder;
  },

  'a load at module scope fails, and leaves nothing behind': async (requests) => {
    const { value: error } = await requests.send({ action: 'early' });
    assert.match(error, /global scope/);
    const answer = await requests.load({ key: 'early', within: SLACK });
    assert.match(answer.value, /^early /);
  },
};
