// What a loader's signal says when its last caller leaves.

import { assert, failure, gated, group, settled } from './harness.mjs';

export default group('abort reasons', (test) => {
  test('the last caller’s own reason reaches the loader', async ({ Cache }) => {
    const cache = new Cache({ max: 10 });
    const gate = gated();
    const [first, last] = [new AbortController(), new AbortController()];
    const calls = [first, last].map(({ signal }) => failure(cache.getOrSet('a', gate.loader, { signal })));
    await settled();
    const { signal } = gate.context;
    first.abort(new Error('first'));
    await settled();
    assert.isFalse(signal.aborted);
    const reason = new Error('the page was left');
    last.abort(reason);
    assert.strictEqual(await calls[1], reason);
    assert.isTrue(signal.aborted);
    assert.strictEqual(signal.reason.cause, reason);
    assert.equal(signal.reason.code, 'load-timeout');
  });

  test('one that had only a time tells that nobody waits', async ({ Cache }) => {
    const cache = new Cache({ max: 10 });
    const gate = gated();
    const call = failure(cache.getOrSet('a', gate.loader, { hardTimeout: 5 }));
    await settled();
    const { signal } = gate.context;
    assert.equal((await call).code, 'load-timeout');
    assert.equal(signal.reason.code, 'load-timeout');
  });
});
