// Tags and namespaces.

import { assert, group, random, refuses } from './harness.mjs';

export default group('tags and namespaces', (test) => {
  test('entries leave by their tags', ({ Cache }) => {
    const cache = new Cache({ max: 100 });
    cache
      .set('a', 1, { tags: ['x', 'y'] })
      .set('b', 2, { tags: ['y'] })
      .set('c', 3, { tags: [] })
      .set('d', 4);
    assert.equal(cache.deleteByTag('nobody'), 0);
    assert.equal(cache.deleteByTag('x'), 1);
    assert.deepEqual([...cache.keys()], ['b', 'c', 'd']);
    cache.set('a', 1, { tags: ['x', 'x'] });
    assert.equal(cache.deleteByTags(new Set(['x', 'y'])), 2);
    assert.deepEqual([...cache.keys()], ['c', 'd']);
  });

  test('overwriting replaces the tags', ({ Cache }) => {
    const cache = new Cache({ max: 100 });
    cache.set('a', 1, { tags: ['old'] });
    cache.set('a', 2, { tags: ['new'] });
    assert.equal(cache.deleteByTag('old'), 0);
    cache.set('a', 3);
    assert.equal(cache.deleteByTag('new'), 0);
    assert.equal(cache.get('a'), 3);
  });

  test('the first tag of a cache can come with an overwriting set', ({ Cache }) => {
    const cache = new Cache({ max: 10 });
    cache.set('a', 1).set('a', 2, { tags: ['t'] });
    assert.equal(cache.deleteByTag('t'), 1);
    assert.equal(cache.size, 0);
  });

  test('a tag is forgotten with its last entry, and may come back', ({ Cache }) => {
    // Strict, so that the first entry is sure to leave.
    const cache = new Cache({ max: 3, policy: 'lru' });
    for (let key = 0; key < 1000; key += 1) cache.set(key, key, { tags: [`t${key}`, 'all'] });
    assert.equal(cache.deleteByTag('t0'), 0);
    assert.equal(cache.deleteByTag('all'), 3);
    cache.set('a', 1, { tags: ['t0', '__proto__', ''] });
    assert.equal(cache.deleteByTag('__proto__'), 1);
    assert.equal(cache.deleteByTag(''), 0);
  });

  test('random tags agree with a model', ({ Cache, seed }) => {
    const { below, next } = random(seed);
    const cache = new Cache({ max: 50 });
    const tagsOf = new Map();
    for (let step = 0; step < 3000; step += 1) {
      const key = below(80);
      const tag = `t${below(10)}`;
      if (next() < 0.8) {
        const tags = Array.from({ length: below(4) }, () => `t${below(10)}`);
        cache.set(key, key, { tags });
        tagsOf.set(key, new Set(tags));
      } else {
        const expected = [...cache.keys()].filter((live) => tagsOf.get(live).has(tag)).length;
        assert.equal(cache.deleteByTag(tag), expected, `seed ${seed}, step ${step}`);
        assert.isFalse([...cache.keys()].some((live) => tagsOf.get(live).has(tag)));
      }
    }
  });

  test('namespaces have keys of their own under one bound', ({ Cache, Namespace, Keyspace }) => {
    const cache = new Cache({ max: 10 });
    const alice = cache.namespace('alice');
    const bob = cache.namespace('bob');
    assert.deepEqual(alice.path, ['alice']);
    cache.set('k', 'root');
    alice.set('k', 'alice').set(1, 'one');
    bob.set('k', 'bob');
    assert.deepEqual([cache.get('k'), alice.get('k'), bob.get('k')], ['root', 'alice', 'bob']);
    assert.isUndefined(alice.get('1'));
    assert.deepEqual([cache.size, alice.size, bob.size], [1, 2, 1]);
    assert.deepEqual(
      [...alice],
      [
        ['k', 'alice'],
        [1, 'one'],
      ],
    );
    assert.equal(cache.stats().entries, 4);
    for (let key = 0; key < 100; key += 1) alice.set(key, key);
    assert.equal(cache.stats().entries, 10);
  });

  test('the same name is the same namespace, however it was reached', ({ Cache }) => {
    const cache = new Cache({ max: 10 });
    const [one, two] = [cache.namespace('n'), cache.namespace('n')];
    one.set('a', 1);
    assert.equal(two.get('a'), 1);
    two.delete('a');
    const three = cache.namespace('n');
    three.set('b', 2);
    assert.equal(one.get('b'), 2);
    assert.equal(two.size, 1);
    assert.isTrue(one.has('b'));
    one.clear();
    two.set('c', 3);
    assert.deepEqual([...three.keys()], ['c']);
  });

  test('paths of names never meet', ({ Cache }) => {
    const cache = new Cache({ max: 100 });
    const paths = [
      ['a', 'b'],
      ['a:b'],
      ['a', '1:b'],
      ['a1:b'],
      ['1:a'],
      ['', 'a'],
      ['', ''],
      [''],
      ['a', 'b', 'c'],
      ['a', 'b:c'],
    ];
    const spaces = paths.map((names) => names.reduce((space, name) => space.namespace(name), cache));
    spaces.forEach((space, index) => space.set('k', index));
    spaces.forEach((space, index) => assert.equal(space.get('k'), index, paths[index].join('/')));
    assert.equal(cache.size, 0);
  });

  test('clear and tags reach into nested namespaces, and no further', ({ Cache }) => {
    const cache = new Cache({ max: 100 });
    const outer = cache.namespace('outer');
    const inner = outer.namespace('inner');
    const other = cache.namespace('outer2');
    for (const space of [cache, outer, inner, other]) space.set('a', 1, { tags: ['t'] }).set('b', 2);
    assert.equal(outer.deleteByTag('t'), 2);
    assert.deepEqual(
      [cache, outer, inner, other].map((space) => space.size),
      [2, 1, 1, 2],
    );
    outer.clear();
    assert.deepEqual(
      [cache, outer, inner, other].map((space) => space.size),
      [2, 0, 0, 2],
    );
    assert.equal(cache.deleteByTag('t'), 2);
    cache.clear();
    assert.equal(cache.stats().entries, 0);
    assert.equal(other.size, 0);
  });

  test('a thousand namespaces come and go', ({ Cache }) => {
    const cache = new Cache({ max: 20 });
    for (let tenant = 0; tenant < 1000; tenant += 1) cache.namespace(`t${tenant}`).set('k', tenant);
    assert.equal(cache.stats().entries, 20);
    let found = 0;
    for (let tenant = 0; tenant < 1000; tenant += 1) found += cache.namespace(`t${tenant}`).get('k') === tenant ? 1 : 0;
    assert.equal(found, 20);
  });

  test('a namespace needs a name', (context) => {
    const cache = new context.Cache({ max: 10 });
    for (const name of [undefined, null, 5, {}, Symbol('s')]) {
      refuses(context, () => cache.namespace(name), 'invalid-argument', 'name');
    }
  });
});
