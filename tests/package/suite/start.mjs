// The start of the module, where it runs already.

import { assert, group } from './harness.mjs';

export default group('start', (test) => {
  test('init changes nothing for caches that are there', async ({ Cache, init }) => {
    const cache = new Cache({ max: 10 });
    cache.set('a', 1);
    await Promise.all([init(), init()]);
    assert.equal(cache.get('a'), 1);
    assert.isUndefined(new Cache({ max: 10 }).get('a'));
    assert.isUndefined(await init());
  });
});
