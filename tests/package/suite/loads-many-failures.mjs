// Failures of single keys in one call of a loader of many keys, and what else such a loader may give.

import { assert, failure, group, rejects, settled, withClock } from './harness.mjs';

/** The same as another realm has it: with prototypes of its own. */
function foreign(object) {
  const { prototype } = object.constructor;
  return Object.setPrototypeOf(object, Object.create(null, Object.getOwnPropertyDescriptors(prototype)));
}

/** Whatever is an error. */
const ERRORS = {
  'an Error': () => new Error('no such key'),
  'a subclass': () => new (class NotFound extends TypeError {})('no such key'),
  'an Error of another realm': () => foreign(new Error('no such key')),
  'a CacheError': ({ CacheError }) => new CacheError('invalid-key', 'no such key'),
  'a DOMException': () => new DOMException('no such key', 'NotFoundError'),
};

export default group('failures of many loads', (test) => {
  for (const [what, make] of Object.entries(ERRORS)) {
    for (const [shape, give] of Object.entries({
      list: (keys, values) => values,
      Map: (keys, values) => new Map(keys.map((key, index) => [key, values[index]])),
    })) {
      test(`${what} in a ${shape} is its key’s failure: its callers reject, the others have their values`, async (context) => {
        const error = make(context);
        const told = [];
        const events = (event) => event.type === 'fail' && told.push([event.key, event.error]);
        const cache = new context.Cache({ max: 10, events });
        let calls = 0;
        const loader = async (keys) => (
          (calls += 1),
          give(
            keys,
            keys.map((key) => (key === 'b' ? error : `${key}!`)),
          )
        );
        const many = failure(cache.getOrSetMany(['a', 'b', 'c'], loader));
        const [first, bad, last] = ['a', 'b', 'c'].map((key) => cache.getOrSet(key, assert.fail));
        assert.strictEqual(await failure(bad), error);
        assert.deepEqual(await Promise.all([first, last]), ['a!', 'c!']);
        assert.strictEqual(await many, error);
        assert.deepEqual([...cache.keys()].sort(), ['a', 'c'], 'an error is not stored');
        assert.deepEqual(told, [['b', error]]);
        assert.deepEqual(cache.inspect(), []);
        assert.deepEqual(await cache.getOrSetMany(['a', 'b', 'c'], (keys) => [...keys]), ['a!', 'b', 'c!']);
        assert.equal(calls, 1);
      });
    }
  }

  test('within grace, a key that fails has its stale value', ({ Cache }) =>
    withClock(async (clock) => {
      const cache = new Cache({ max: 10, ttl: 100, grace: 1000 }).set('b', 'old');
      clock.advance(100);
      const loader = (keys) => keys.map((key) => (key === 'b' ? new Error('down') : `${key}!`));
      assert.deepEqual(await cache.getOrSetMany(['a', 'b'], loader), ['a!', 'old']);
    }));

  test('several keys that fail: the first of the list counts, and none is nobody’s rejection', async ({ Cache }) => {
    const cache = new Cache({ max: 10 });
    const errors = [new Error('b'), new Error('c')];
    assert.strictEqual(await failure(cache.getOrSetMany(['a', 'b', 'c'], () => ['a!', ...errors])), errors[0]);
    await settled();
    assert.equal(cache.get('a'), 'a!');
  });

  test('a single load may have an Error as value', async ({ Cache }) => {
    const error = new Error('a value');
    assert.strictEqual(await new Cache({ max: 10 }).getOrSet('k', () => error), error);
  });

  test('a Map of another realm is a Map, and keys that nobody has asked for don’t count', async ({ Cache }) => {
    const cache = new Cache({ max: 10 });
    const given = foreign(
      new Map([
        ['a', 1],
        ['x', new Error('not asked for')],
      ]),
    );
    assert.isFalse(given instanceof Map);
    assert.deepEqual(await cache.getOrSetMany(['a', 'b'], () => given), [1, undefined]);
    assert.deepEqual([...cache.keys()], ['a']);
  });

  test('a list of the wrong length: how many were expected, and how many came', async (context) => {
    const cache = new context.Cache({ max: 10 }).set('there', 1);
    for (const [given, came] of [
      [[], 0],
      [[1], 1],
      [[1, 2, 3], 3],
    ]) {
      const { message } = await failure(cache.getOrSetMany(['a', 'b', 'there'], () => given));
      assert.include(message, 'a list of 2 values');
      assert.include(message, `got a list of ${came}`);
    }
    await rejects(
      context,
      cache.getOrSetMany(['a'], () => ({ a: 1 })),
      'invalid-argument',
    );
  });
});
