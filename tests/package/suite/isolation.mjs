// What `isolate: 'clone'` lets in: only what a clone is like.

import { assert, group, refuses } from './harness.mjs';

class Account {
  name = 'a';
}
class HttpError extends Error {}

export default group('isolation', (test) => {
  test('what a clone would make something else of is refused, and named', (context) => {
    const cache = new context.Cache({ max: 10, isolate: 'clone' });
    cache.set('a', 'old');
    const odd = [
      ['Account', new Account()],
      ['HttpError', new HttpError('x')],
      ['secret', Object.defineProperty({}, 'secret', { value: 1 })],
      ['Symbol(tag)', { [Symbol('tag')]: 1 }],
      ['code', Object.assign(new Error('x'), { code: 5 })],
    ];
    if (typeof URL === 'function') odd.push(['URL', new URL('https://example.com')]);
    if (typeof Headers === 'function') odd.push(['Headers', new Headers()]);
    if (typeof Response === 'function') odd.push(['Response', new Response('x')]);
    if (typeof Buffer === 'function') odd.push(['Buffer', Buffer.from('x')]);
    if (typeof SharedArrayBuffer === 'function') {
      odd.push(['SharedArrayBuffer', new SharedArrayBuffer(4)]);
      odd.push(['SharedArrayBuffer', new Uint8Array(new SharedArrayBuffer(4))]);
    }
    for (const [name, value] of odd) {
      for (const wrapped of [
        value,
        { list: [value] },
        new Map([[1, value]]),
        new Set([value]),
        new Map([[value, 1]]),
      ]) {
        refuses(context, () => cache.set('a', wrapped), 'not-isolable');
      }
      // Where the platform itself refuses it, its error is the cause.
      let error;
      try {
        cache.set('a', value);
      } catch (caught) {
        error = caught;
      }
      assert.include(error.message + String(error.cause?.message ?? ''), error.cause === undefined ? name : '');
    }
    assert.equal(cache.get('a'), 'old');
  });

  test('what a clone keeps is kept', ({ Cache }) => {
    const cache = new Cache({ max: 10, isolate: 'clone' });
    const value = {
      date: new Date(5),
      pattern: /a/gi,
      map: new Map([[{ deep: [1] }, new Set(['x'])]]),
      bytes: new Uint8Array([1, 2]).subarray(1),
      view: new DataView(new ArrayBuffer(2)),
      error: new RangeError('no'),
      big: 5n,
      holes: [1, , 3], // eslint-disable-line no-sparse-arrays
      nothing: null,
      missing: undefined,
      bare: Object.assign(Object.create(null), { x: 1 }),
    };
    value.self = value;
    cache.set('a', value);
    const got = cache.get('a');
    assert.strictEqual(got.self, got);
    assert.notStrictEqual(got.date, value.date);
    assert.deepEqual(got.date, value.date);
    assert.equal(got.pattern.source, 'a');
    assert.deepEqual([...got.map.keys()], [{ deep: [1] }]);
    assert.deepEqual([...got.bytes], [2]);
    // Not by its class, which is another realm's where the platform clones in one: on Vercel's edge runtime.
    assert.equal(Object.prototype.toString.call(got.error), '[object Error]');
    assert.include(got.error, { name: 'RangeError', message: 'no' });
    assert.equal(got.big, 5n);
    assert.equal(got.bare.x, 1);
    for (const plain of ['x', 5, true, null, 5n]) assert.equal(cache.set('p', plain).get('p'), plain);
  });

  test('a get doesn’t look again', ({ Cache }) => {
    const cache = new Cache({ max: 10, isolate: 'clone' });
    cache.set('a', { list: [1] });
    const { ownKeys } = Reflect;
    Reflect.ownKeys = () => assert.fail('looked');
    try {
      assert.deepEqual(cache.get('a').list.length, 1);
    } finally {
      Reflect.ownKeys = ownKeys;
    }
  });
});
