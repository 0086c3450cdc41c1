// Values of another realm: a frame's, or a context's that Node runs tests in.

import { assert, group } from './harness.mjs';

/** Evaluates a program in another realm; undefined where there is none to have. */
function elsewhere() {
  if (globalThis.inOtherRealm !== undefined) return globalThis.inOtherRealm;
  if (typeof document !== 'object') return undefined;
  const frame = document.createElement('iframe');
  document.body.append(frame);
  const evaluate = (program) => frame.contentWindow.eval(program);
  try {
    evaluate('0');
  } catch {
    // A Content-Security-Policy forbids it.
    return undefined;
  }
  return evaluate;
}

export default group('realms', (test) => {
  test('plain values of another realm can be frozen, and others not', ({ Cache, CacheError }) => {
    const evaluate = elsewhere();
    if (evaluate === undefined) return;
    const cache = new Cache({ max: 10, isolate: 'freeze' });
    const value = evaluate('({ list: [{ deep: 1 }], bare: Object.create(null) })');
    assert.notInstanceOf(value, Object);
    cache.set('a', value);
    assert.isFrozen(value.list[0]);
    assert.isFrozen(value.bare);
    for (const odd of ['new Map()', 'new Date()', 'new (class A {})()', 'new Uint8Array(1)', '() => 1']) {
      assert.throws(() => cache.set('a', evaluate(`(${odd})`)), CacheError);
    }
  });

  test('values of another realm are cloned like those of this one', ({ Cache, CacheError }) => {
    const evaluate = elsewhere();
    if (evaluate === undefined) return;
    const cache = new Cache({ max: 10, isolate: 'clone' });
    cache.set('a', evaluate('({ map: new Map([[1, new Date(5)]]), set: new Set([[2]]), bytes: new Uint8Array([7]) })'));
    const got = cache.get('a');
    assert.equal(got.map.get(1).getTime(), 5);
    assert.deepEqual([...got.set], [[2]]);
    assert.equal(got.bytes[0], 7);
    assert.throws(() => cache.set('a', evaluate('new (class Mine { x = 1 })()')), CacheError, 'Mine');
  });

  test('values of another realm have the sizes of this one’s', ({ Cache }) => {
    const evaluate = elsewhere();
    if (evaluate === undefined) return;
    const programs = [
      "({ a: 'x'.repeat(1000), b: [1, 2, { c: 5n }] })",
      'new ArrayBuffer(5000)',
      'new Uint8Array(new ArrayBuffer(90000), 1, 2)',
      'new DataView(new ArrayBuffer(90000), 1, 2)',
      "new Map([['a', 'x'.repeat(1000)]])",
      "new Set(['x'.repeat(1000)])",
      'new Date()',
      '/x/',
      'new SharedArrayBuffer(5000)',
      "new Blob(['x'.repeat(5000)])",
    ];
    const sizeOf = (value) => new Cache({ maxSize: 1e12 }).set(0, value).stats().size;
    for (const program of programs) {
      const [here, there] = [(0, eval), evaluate].map((run) => {
        try {
          return sizeOf(run(program));
        } catch (error) {
          if (error.name === 'ReferenceError') return undefined;
          throw error;
        }
      });
      if (there !== undefined) assert.equal(there, here, program);
    }
  });

  test('keys, tags, dumps and options of another realm will do', ({ Cache }) => {
    const evaluate = elsewhere();
    if (evaluate === undefined) return;
    const cache = new Cache(evaluate('({ max: 10 })'));
    cache.set('a', 1, evaluate("({ ttl: 5000, tags: ['t'] })"));
    cache.setMany(evaluate("new Map([['b', 2]])"));
    assert.deepEqual(cache.getMany(evaluate("new Set(['a', 'b'])")), [1, 2]);
    assert.equal(cache.deleteByTags(evaluate("['t']")), 1);
    cache.load(evaluate("[['c', { value: 3, tags: ['t'] }]]"));
    assert.equal(cache.get('c'), 3);
  });
});
