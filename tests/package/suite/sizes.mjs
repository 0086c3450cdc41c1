// The built-in sizes of values.

import { assert, group } from './harness.mjs';

/** What a value counts for, without its key. */
function sizeOf({ Cache }, value) {
  const cache = new Cache({ maxSize: 1e12 });
  cache.set(0, value);
  return cache.stats().size - new Cache({ maxSize: 1e12 }).set(0, null).stats().size;
}

export default group('sizes', (test) => {
  test('buffers and their views count with all that they keep alive', (context) => {
    const size = (value) => sizeOf(context, value);
    const buffer = new ArrayBuffer(100_000);
    for (const value of [buffer, new Uint8Array(buffer), new Uint8Array(buffer, 5, 3), new DataView(buffer, 5, 3)]) {
      assert.closeTo(size(value), 100_200, 200);
    }
    assert.closeTo(size([new Uint8Array(buffer, 1, 2), new Uint8Array(buffer, 3, 4)]), 100_500, 500, 'once');
    if (typeof SharedArrayBuffer === 'function') assert.isAbove(size(new SharedArrayBuffer(100_000)), 99_999);
    if (typeof Blob === 'function') assert.isAbove(size(new Blob(['x'.repeat(100_000)])), 99_999);
    // Node's small buffers share a pool, which counts for none of them.
    if (typeof Buffer === 'function') assert.isBelow(size(Buffer.from('abc')), 500);
  });

  if (typeof Buffer === 'function')
    test('the pool of small buffers may be larger, as from Node 24 on', (context) => {
      const { poolSize } = Buffer;
      // A new pool is made when the last one is used up.
      const useUp = () => Array.from({ length: 700 }, () => Buffer.from('x'.repeat(100)));
      try {
        Buffer.poolSize = 65_536;
        useUp();
        assert.isBelow(sizeOf(context, Buffer.from('abc')), 500);
      } finally {
        Buffer.poolSize = poolSize;
        useUp();
      }
    });

  test('numbers, strings and collections count for what they take', (context) => {
    const size = (value) => sizeOf(context, value);
    assert.isAbove(size(5n ** 20_000n), 5_000);
    assert.closeTo(size('a'.repeat(1_000)), 1_016, 30, 'one byte a character');
    assert.closeTo(size('я'.repeat(1_000)), 2_016, 30, 'two');
    assert.isAbove(size(new Map([['a', 'x'.repeat(500)]])), 500);
    assert.isAbove(size(new Set(['x'.repeat(500)])), 500);
    assert.isBelow(size([true, false, null, 1, 2, 3]), 130);
  });

  test('what can’t be looked into counts for more, and is left alone', (context) => {
    const size = (value) => sizeOf(context, value);
    const opaque = [new WeakMap(), () => {}, new Error('x')];
    // Hermes makes promises of ordinary objects.
    if (Symbol.toStringTag in Promise.prototype) opaque.push(Promise.resolve());
    // In Hermes, the tests bring one, which is an ordinary object.
    if (typeof URL === 'function' && !globalThis.HermesInternal)
      opaque.push(new URL('https://example.com'), new URLSearchParams('a=b'));
    if (typeof Headers === 'function') opaque.push(new Headers({ a: 'b' }));
    if (typeof Response === 'function') opaque.push(new Response('x'));
    for (const value of opaque) assert.isAbove(size(value), 1_000, Object.prototype.toString.call(value));
    assert.isBelow(size(new Date()), 200);
    // Nothing of the owner's runs, whatever a value claims to be.
    const trap = () => assert.fail('ran');
    class Odd {
      get [Symbol.toStringTag]() {
        return trap();
      }
      get size() {
        return trap();
      }
    }
    assert.isBelow(size(new Odd()), 500);
    const claims = ['Map', 'Set', 'ArrayBuffer', 'SharedArrayBuffer', 'Blob', 'File', 'Error', 'x'];
    for (const tag of claims) {
      const value = Object.create({ [Symbol.toStringTag]: tag }, { size: { get: trap }, byteLength: { get: trap } });
      assert.isAbove(size(value), 100);
    }
    class Bytes extends Uint8Array {
      get buffer() {
        return trap();
      }
      get byteLength() {
        return trap();
      }
    }
    assert.isAbove(size(new Bytes(1_000)), 1_000);
  });
});
