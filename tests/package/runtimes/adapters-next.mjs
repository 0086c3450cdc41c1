// The handler for Next. Builds of Next itself are in tests/matrix.

import { Cache } from 'keylatch';
import { nextHandler } from 'keylatch/next';
import assert from 'node:assert';
import { AsyncLocalStorage } from 'node:async_hooks';
import { report } from './report.mjs';

await report({
  'Next: a result is read as often as asked; its tags end it, or let it serve once more': async () => {
    const cache = new Cache({ max: 100 });
    const handler = nextHandler(cache);
    const clock = () => performance.timeOrigin + performance.now();
    const entry = (text, more) => ({
      value: new Response(text).body,
      tags: ['a', 'b'],
      stale: 0,
      timestamp: clock(),
      expire: 3_600,
      revalidate: 60,
      ...more,
    });
    const read = async (key) => {
      const { value, ...more } = (await handler.get(key, [])) ?? {};
      return value && { text: await new Response(value).text(), ...more };
    };
    assert.equal(await handler.get('none', []), undefined);
    await handler.set('k', Promise.resolve(entry('one')));
    for (let time = 0; time < 2; time += 1) assert.equal((await read('k')).text, 'one');
    const { timestamp, bytes, ...rest } = await read('k');
    assert.deepEqual(
      [rest, bytes],
      [{ text: 'one', tags: ['a', 'b'], stale: 0, expire: 3_600, revalidate: 60 }, undefined],
    );
    assert.ok(cache.getRemainingTTL('k') > 3_590_000);

    // Stale: it serves once more. From the expiry on, it doesn't.
    assert.equal(await handler.getExpiration(['b', 'c']), 0);
    await handler.updateTags(['b', 'c'], { expire: 0.03 });
    assert.equal((await read('k')).revalidate, -1);
    assert.equal(await handler.getExpiration(['b', 'c']), 0);
    await handler.set('k', Promise.resolve(entry('two')));
    assert.equal((await read('k')).revalidate, 60);
    await handler.set('older', Promise.resolve(entry('older', { timestamp })));
    await new Promise((resolve) => setTimeout(resolve, 40));
    assert.equal(await read('older'), undefined);
    assert.equal((await read('k')).text, 'two', 'it came after the update');
    assert.ok((await handler.getExpiration(['b', 'none'])) > timestamp);
    await handler.updateTags(['b'], { expire: 60 });
    assert.equal(await read('older'), undefined, 'a later update brings nothing back');

    // At once, and for what is being computed too.
    const began = clock();
    await handler.updateTags(['a']);
    assert.equal(await read('k'), undefined);
    await handler.set('k', Promise.resolve(entry('began before', { timestamp: began })));
    assert.equal(await read('k'), undefined);
    await handler.set('k', Promise.resolve(entry('three')));
    assert.equal((await read('k')).text, 'three');
    await handler.refreshTags();
  },

  'Next: a reader waits for a result that comes; what breaks off, or never serves, isn’t stored': async () => {
    const handler = nextHandler(new Cache({ maxSize: 100_000 }));
    const clock = () => performance.timeOrigin + performance.now();
    const entry = (value, more) => ({
      value,
      ...{ tags: [], stale: 0, timestamp: clock(), expire: 60, revalidate: 60 },
      ...more,
    });
    let arrive;
    const setting = handler.set('k', new Promise((resolve) => (arrive = resolve)));
    const getting = handler.get('k', []);
    arrive(entry(new Response('late').body));
    assert.equal(await new Response((await getting).value).text(), 'late');
    await setting;
    await handler.set('k', Promise.reject(new Error('broken')));
    assert.ok(await handler.get('k', []), 'the old one stays');
    const half = new ReadableStream({
      start(controller) {
        controller.enqueue(new Uint8Array(3));
        controller.error(new Error('broken off'));
      },
    });
    await handler.set('other', Promise.resolve(entry(half)));
    assert.equal(await handler.get('other', []), undefined);
    for (const expire of [0, -1]) {
      await handler.set('k', Promise.resolve(entry(new Response('never').body, { expire })));
      assert.equal(await handler.get('k', []), undefined);
    }
    const forever = 0xffff_fffe;
    await handler.set('k', Promise.resolve(entry(new Response('for ever').body, { expire: forever })));
    assert.equal((await handler.get('k', [])).expire, forever);
    const large = new Response('x'.repeat(200_000)).body;
    await handler.set('large', Promise.resolve(entry(large)));
    assert.equal(await handler.get('large', []), undefined);
  },

  'Next: it runs outside of the request, and remembers only so many tags': async () => {
    const requests = new AsyncLocalStorage();
    const handler = nextHandler(new Cache({ max: 1 }));
    const { now } = Date;
    const { random } = Math;
    const forbid = (allowed) => () => {
      if (requests.getStore()) throw new Error('encountered in a request');
      return allowed();
    };
    Object.assign(Date, { now: forbid(now) });
    Object.assign(Math, { random: forbid(random) });
    try {
      await requests.run('request', async () => {
        for (let index = 0; index < 100; index += 1) {
          const timestamp = performance.timeOrigin + performance.now();
          const value = new Response('text').body;
          const entry = { value, tags: ['t'], stale: 0, timestamp, expire: 60, revalidate: 60 };
          await handler.set(`k${index}`, Promise.resolve(entry));
          assert.ok(await handler.get(`k${index}`, []), `k${index}`);
        }
      });
    } finally {
      Object.assign(Date, { now });
      Object.assign(Math, { random });
    }
    await handler.updateTags(['first']);
    assert.ok(await handler.get('k99', []));
    const first = await handler.getExpiration(['first']);
    await handler.updateTags(Array.from({ length: 10_000 }, (_, index) => `tag ${index}`));
    assert.equal(await handler.getExpiration(['never updated']), first, 'in doubt, what is older is gone');
    assert.equal(await handler.get('k99', []), undefined);
  },
});
