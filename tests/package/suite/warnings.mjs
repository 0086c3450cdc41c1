// Warnings of classic mistakes: once each, and in development only.

import { assert, failure, group } from './harness.mjs';

/** Runs a test with this NODE_ENV, and gives what was warned of. */
async function warningsOf(mode, run) {
  const { console, process } = globalThis;
  const { warn } = console;
  const { NODE_ENV } = process.env;
  const warnings = [];
  console.warn = (...words) => warnings.push(words.join(' '));
  try {
    process.env.NODE_ENV = mode;
    await run();
  } finally {
    console.warn = warn;
    if (NODE_ENV === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = NODE_ENV;
  }
  return warnings;
}

/** Makes each mistake. */
async function mistake({ Cache, InMemoryCache }) {
  globalThis[Symbol.for('keylatch.copy')] = {};
  new Cache({ max: Infinity }).set('a', 1);
  const cache = new Cache({ max: 10 });
  cache.set('a', 1, 300).set('b', new ReadableStream()).set('c', new Response('text'));
  const rejected = Promise.reject(new Error('again and again'));
  await failure(cache.getOrSet('k', () => rejected));
  await failure(cache.getOrSet('k', () => rejected));
  await new InMemoryCache().set('a', 1, 300_000);
}

/** What is no mistake. */
async function use({ Cache, InMemoryCache }) {
  for (const ttl of [0, Infinity, 1, 50, 100, 250, 1000, 5000, 60_000, 300_000, 3_600_000, 86_400_000]) {
    new Cache({ max: Infinity, ttl: ttl || 5 }).set('a', { ok: true }, ttl);
  }
  new Cache({ maxSize: 100 }).set('a', 'text');
  for (const ttl of [0, Infinity, 60, 300, 3600, 86_400, 604_800, 2_592_000])
    await new InMemoryCache().set('a', 1, ttl);
  const cache = new Cache({ max: 10 });
  for (let time = 0; time < 2; time += 1) await failure(cache.getOrSet('k', () => Promise.reject(new Error('anew'))));
}

export default group('warnings', (test) => {
  // Where there is no such variable, there is nothing to test.
  if (globalThis.process?.env === undefined || typeof Response === 'undefined') return;

  test('in development, classic mistakes are warned of once', async (context) => {
    const copy = Symbol.for('keylatch.copy');
    const before = globalThis[copy];
    delete globalThis[copy];
    try {
      for (const mode of ['production', 'test', ''])
        assert.deepEqual(await warningsOf(mode, () => mistake(context)), []);
      delete globalThis[copy];
      assert.deepEqual(await warningsOf('development', () => use(context)), []);
      const warnings = await warningsOf('development', () => mistake(context));
      const expected = [
        'twice',
        'max: Infinity',
        '300 milliseconds',
        'ReadableStream',
        'Response',
        'rejected',
        '300000 seconds',
      ];
      assert.equal(warnings.length, expected.length, warnings.join());
      expected.forEach((words, index) => assert.include(warnings[index], words));
      assert.deepEqual(await warningsOf('development', () => mistake(context)), [], 'once');
    } finally {
      globalThis[copy] = before;
    }
  });
});
