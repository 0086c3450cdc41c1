// Every argument of every public method with everything that it should not be: an error with a code, or the documented
// behaviour, and in each case a cache that is as it was and goes on.

import { assert, group, rejects } from './harness.mjs';

const dispose = Symbol.dispose ?? Symbol.for('Symbol.dispose');

export const thrower = new Error('from an accessor');
/** An object all of whose properties throw when they are read. */
export const hostile = () =>
  new Proxy(
    {},
    {
      get: () => {
        throw thrower;
      },
      ownKeys: () => {
        throw thrower;
      },
    },
  );
export const accessor = (name) => ({
  get [name]() {
    throw thrower;
  },
});

/** Values of every kind, by name. */
export const ODD = {
  undefined: undefined,
  null: null,
  true: true,
  false: false,
  zero: 0,
  'minus zero': -0,
  NaN: NaN,
  negative: -1,
  fraction: 1.5,
  infinite: Infinity,
  'minus infinite': -Infinity,
  huge: 1e300,
  'unsafe integer': 2 ** 53,
  bigint: 5n,
  'empty string': '',
  string: 'text',
  'long string': 'x'.repeat(10_000_000),
  'lone surrogate': '\ud800',
  __proto__key: '__proto__',
  symbol: Symbol('s'),
  'registered symbol': Symbol.for('s'),
  function: () => {},
  object: {},
  'object without prototype': Object.create(null),
  'frozen object': Object.freeze({ ttl: 5 }),
  array: [],
  'array of oddities': [Symbol('s'), null, {}],
  date: new Date(NaN),
  'boxed number': Object(5),
  map: new Map(),
  proxy: hostile(),
  promise: Promise.resolve(),
};

/** Methods with what each takes; each argument in turn becomes odd. */
const CALLS = {
  get: ['a', { allowStale: true }],
  set: ['a', 1, { ttl: 5 }],
  has: ['a'],
  peek: ['a', { allowStale: true }],
  delete: ['nothing'],
  take: ['nothing'],
  getMany: [['a']],
  setMany: [[['a', 1]], { ttl: 5 }],
  deleteMany: [['nothing']],
  forEach: [() => {}, undefined],
  getOrInsert: ['new', 1, { ttl: 5 }],
  getOrInsertComputed: ['new', () => 1, { ttl: 5 }],
  update: ['a', () => 1, { ttl: 5 }],
  touch: ['a', { ttl: 5 }],
  getRemainingTTL: ['a'],
  load: [[['a', { value: 1 }]]],
  resize: [100],
  deleteByTag: ['t'],
  deleteByTags: [['t']],
  namespace: ['n'],
};

/** Options of methods; each value in turn becomes odd. */
const OPTIONS = {
  get: [(options) => ['a', options], ['allowStale', 'updateAgeOnGet']],
  set: [(options) => ['a', 1, options], ['ttl', 'size', 'tags', 'pinned', 'nonsense']],
  getOrInsertComputed: [(options) => ['new', () => 1, options], ['ttl', 'size', 'tags', 'pinned']],
  update: [(options) => ['a', () => 1, options], ['ttl', 'size', 'tags', 'pinned']],
  peek: [(options) => ['a', options], ['allowStale']],
  setMany: [(options) => [[['a', 1]], options], ['ttl', 'size', 'tags']],
  touch: [(options) => ['a', options], ['ttl']],
  resize: [(options) => [options], ['max', 'maxSize']],
};

const CONSTRUCTOR = [
  'max',
  'maxSize',
  'maxEntrySize',
  'sizeCalculation',
  'ttl',
  'ttlJitter',
  'updateAgeOnGet',
  'allowStale',
  'clock',
  'isolate',
  'dispose',
  'onInsert',
  'events',
  'nonsense',
  'swr',
  'grace',
  'negativeTtl',
  'timeout',
  'hardTimeout',
  'lease',
  'lockTimeout',
  'refreshAhead',
  'retry',
  'waitUntil',
];

export const CODES = [
  'invalid-option',
  'invalid-argument',
  'invalid-key',
  'invalid-ttl',
  'invalid-size',
  'not-isolable',
];

/** Makes a call, and checks that it ended in one of the ways that it may. */
function attempt({ CacheError }, label, call) {
  try {
    return { result: call() };
  } catch (error) {
    if (error !== thrower) {
      assert.instanceOf(error, CacheError, `${label} threw ${error}`);
      assert.include(CODES, error.code, label);
      assert.isBelow(error.message.length, 400, label);
    }
    return { error };
  }
}

/** What a cache holds, as far as anybody can see. */
export const contents = (cache) =>
  JSON.stringify([[...cache], cache.stats().entries, cache.stats().size, cache.getRemainingTTL('b')]);

export function cacheOf({ Cache }) {
  const cache = new Cache({ max: 100, maxSize: 1e9, sizeCalculation: () => 1 });
  return cache.set('a', 1, { tags: ['t'] }).set('b', 2);
}

export default group('bad input', (test) => {
  for (const [method, good] of Object.entries(CALLS)) {
    test(`arguments of ${method}`, (context) => {
      good.forEach((_, position) => {
        for (const [name, odd] of Object.entries(ODD)) {
          const cache = cacheOf(context);
          const before = contents(cache);
          const given = good.map((argument, index) => (index === position ? odd : argument));
          const { error } = attempt(context, `${method}, argument ${position}: ${name}`, () => cache[method](...given));
          if (error !== undefined) assert.equal(contents(cache), before, `${method}(${name}) changed the cache`);
          assert.equal(cache.set('after', 3).get('after'), 3);
        }
      });
    });
  }

  for (const [method, [args, names]] of Object.entries(OPTIONS)) {
    test(`options of ${method}`, (context) => {
      for (const name of names) {
        for (const [kind, odd] of [...Object.entries(ODD), ['an accessor that throws', thrower]]) {
          const cache = cacheOf(context);
          const before = contents(cache);
          const options = odd === thrower ? accessor(name) : { [name]: odd };
          const { error } = attempt(context, `${method}.${name}: ${kind}`, () => cache[method](...args(options)));
          if (error !== undefined) assert.equal(contents(cache), before, `${method}.${name} ${kind} changed the cache`);
          if (odd === thrower) assert.strictEqual(error, thrower);
        }
      }
    });
  }

  test('options of a cache, with messages that name them and show the value', (context) => {
    for (const name of CONSTRUCTOR) {
      for (const [kind, odd] of Object.entries(ODD)) {
        const { error } = attempt(
          context,
          `${name}: ${kind}`,
          () => new context.Cache({ max: 5, maxSize: 50, [name]: odd }),
        );
        if (error === undefined || error === thrower) continue;
        assert.include(error.message, name);
        const shown = { string: '"text"', NaN: 'NaN', negative: '-1', null: 'null', bigint: '5n', symbol: 'Symbol(s)' };
        if (kind in shown) assert.include(error.message, shown[kind]);
      }
      assert.throws(
        () =>
          new context.Cache({
            max: 5,
            ...Object.defineProperty({}, name, {}),
            get [name]() {
              throw thrower;
            },
          }),
        thrower,
      );
    }
    for (const options of [undefined, null, 5, 'text', Symbol('s'), () => {}]) {
      const { error } = attempt(context, 'options', () => new context.Cache(options));
      assert.equal(error.code, 'invalid-option');
    }
    for (const [name, bad] of [
      ['max', 0],
      ['max', 1.5],
      ['max', 8_388_609],
      ['max', '5'],
      ['maxSize', 0],
      ['ttlJitter', 1.1],
      ['isolate', 'copy'],
      ['clock', 'wall'],
      ['dispose', 1],
      ['nonsense', 1],
      ['swr', -1],
      ['grace', NaN],
      ['lease', 0],
      ['refreshAhead', 2],
      ['retry', 1.5],
      ['retry', {}],
      ['waitUntil', 5],
      ['forceFresh', true],
      ['cacheIf', () => true],
      ['signal', AbortSignal.abort()],
    ]) {
      const { error } = attempt(context, name, () => new context.Cache({ max: 5, [name]: bad }));
      assert.equal(error?.code, 'invalid-option', `${name}: ${bad}`);
    }
  });

  test('options that no one uses stay out of the way', ({ Cache }) => {
    const cache = new Cache(Object.freeze(Object.assign(Object.create(null), { max: 5, ttl: undefined })));
    cache.set('a', 1, Object.freeze({}));
    assert.equal(cache.get('a', {}), 1);
    assert.equal(new Cache(Object.create({ max: 5 })).set('a', 1).get('a'), 1);
  });

  test('what sizeCalculation gives or throws', (context) => {
    const error = new Error('from sizeCalculation');
    let size;
    const cache = new context.Cache({
      maxSize: 100,
      sizeCalculation: () => {
        if (size === error) throw error;
        return size;
      },
    });
    size = 5;
    cache.set('a', 1);
    for (const odd of [...Object.values(ODD), error]) {
      size = odd;
      const before = contents(cache);
      const valid = typeof odd === 'number' && odd >= 0 && odd <= Number.MAX_SAFE_INTEGER;
      if (valid) continue;
      assert.throws(() => cache.set('a', 2));
      assert.throws(() =>
        cache.setMany([
          ['b', 2],
          ['c', 3],
        ]),
      );
      assert.equal(contents(cache), before);
    }
  });

  test('setMany checks everything before it stores anything', (context) => {
    const cache = cacheOf(context);
    const before = contents(cache);
    const bad = [['good', 1], ['x', undefined], [{}, 1], ['y', 1, { ttl: -1 }], 'ab', 5, null, {}];
    for (const entry of bad.slice(1)) {
      const { error } = attempt(context, String(entry), () => cache.setMany([bad[0], entry]));
      assert.isDefined(error);
      assert.equal(contents(cache), before);
    }
  });

  test('iterables that throw', (context) => {
    const cache = cacheOf(context);
    const before = contents(cache);
    const failing = function* (first) {
      yield first;
      throw thrower;
    };
    assert.throws(() => cache.getMany(failing('a')), thrower);
    assert.throws(() => cache.setMany(failing(['a', 5])), thrower);
    assert.throws(() => cache.deleteMany(failing('a')), thrower);
    assert.throws(() => cache.deleteByTags(failing('t')), thrower);
    assert.throws(() => cache.load(failing(['a', { value: 5 }])), thrower);
    assert.equal(contents(cache), before);
  });

  test('keys and values of ten million characters', ({ Cache }) => {
    const cache = new Cache({ max: 10 });
    const long = 'k'.repeat(10_000_000);
    cache.set(long, long);
    assert.equal(cache.get(long), long);
    assert.isUndefined(cache.get(`${long}x`));
    assert.isTrue(cache.delete(long));
  });

  test('classes need new, and internals are out of reach', ({
    Cache,
    InMemoryCache,
    BaseCache,
    CacheKeyLock,
    CacheError,
  }) => {
    for (const Class of [Cache, InMemoryCache, BaseCache, CacheKeyLock])
      assert.throws(() => Class({ max: 5 }), TypeError);
    assert.throws(() => new CacheKeyLock());
    assert.throws(() => Cache.prototype.get.call({}, 'a'), TypeError);
    assert.throws(() => Cache.prototype.set.call(new Map(), 'a', 1), TypeError);
    const error = new CacheError('invalid-key', 'text', { cause: 5 });
    assert.include(
      { name: error.name, code: error.code, message: error.message, cause: error.cause },
      { name: 'CacheError', code: 'invalid-key', message: 'text', cause: 5 },
    );
    assert.instanceOf(error, Error);
    assert.match(String(error), /^CacheError: text/);
  });

  test('a frozen cache works', ({ Cache, InMemoryCache }) => {
    const cache = Object.freeze(new Cache({ max: 5 }));
    assert.equal(cache.set('a', 1).get('a'), 1);
    cache[dispose]();
    const aries = Object.freeze(new InMemoryCache());
    assert.throws(() => aries.acquire('a'), 'frozen');
  });

  test('arguments of the Aries classes', async (context) => {
    const { InMemoryCache, CacheError } = context;
    for (const [name, odd] of Object.entries(ODD)) {
      const label = `Aries: ${name}`;
      attempt(context, label, () => new InMemoryCache(odd));
      attempt(context, label, () => new InMemoryCache({ ttl: odd }));
      attempt(context, label, () => new InMemoryCache({ max: odd }));
      const cache = new InMemoryCache({ max: 10 });
      await cache.set('a', 1);
      for (const call of [
        () => cache.get(odd),
        () => cache.set(odd, 1),
        () => cache.set(['b', odd], 1),
        () => cache.set('a', 1, odd),
        () => cache.clear(odd),
        () => cache.lock('free', { timeout: odd }).then((lock) => lock.exit()),
        () => cache.lock('free', { lease: odd }).then((lock) => lock.exit()),
        () => cache.lock('free', odd).then((lock) => lock.exit()),
        () => cache.lock('free', { signal: odd }).then((lock) => lock.exit()),
        () => cache.lock(odd).then((lock) => lock.exit()),
        () => cache.withLock('free', odd),
        () => cache.withLock('free', (lock) => lock.setResult(5, { ttl: odd })).then(() => cache.clear('free')),
        () => cache.withLock('free', (lock) => lock.setResult(5, odd)).then(() => cache.clear('free')),
        () => cache.withLock('free', (lock) => void lock.extend(odd)),
      ]) {
        const error = await call().then(
          () => undefined,
          (reason) => reason,
        );
        if (error !== undefined && error !== thrower) {
          assert.instanceOf(error, CacheError, `${label}: ${call} threw ${error}`);
          assert.include(CODES, error.code, `${label}: ${call}`);
        }
        const free = cache.acquire('free');
        assert.isUndefined(free.parent, `${label}: ${call} left a lock behind`);
        free.release();
      }
      assert.equal(await cache.get('a'), odd === undefined ? 1 : await cache.get('a'));
    }
    await rejects(context, new InMemoryCache().set('a', 1, -1), 'invalid-ttl');
    await rejects(context, new InMemoryCache().set(['a', {}], 1), 'invalid-key');
  });
});
