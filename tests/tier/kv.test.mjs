// The store in Workers KV, with an object and alone, in Cloudflare's own runtime.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Flare, LATER, rules } from './workers/flare.mjs';

/** KV alone asks for each mark, and a request may ask KV a thousand times. */
const TOO_MANY = 'records: many concerns, and many marks at once';

describe('Workers KV', { concurrency: 12 }, () => {
  let flare;
  before(async () => (flare = await Flare.start(LATER)));
  after(() => flare.stop());
  const step = (name, options) => flare.step(undefined, `kv ${name}`, name, options);

  for (const rule of rules({})) test(`KV with an object, ${rule}`, () => flare.rule('kv', rule));
  for (const rule of rules({ fence: false, feed: false, flight: false })) {
    if (rule !== TOO_MANY) test(`KV alone, ${rule}`, () => flare.rule('alone', rule));
  }

  test('what KV shows late, or shows still, is missing and never out of date', async () => {
    const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
    const seen = await step('delayed', { seed, count: 500 }).catch((error) => {
      throw new Error(`with SEED=${seed}: ${error.message}`);
    });
    for (const [what, count] of Object.entries(seen)) assert.ok(count > 0, `SEED=${seed}: no ${what}`);
  });

  test('large values stand in KV, for at least a minute and at most thirty days', async () => {
    const { sizes, keys, lives } = await step('places');
    assert.deepEqual([sizes, keys, lives], [[99, 100, 3 * 2 ** 20], 2, [90, 2_592_000]]);
  });

  test('what KV refuses changes nothing', async () => {
    const { outcomes, taken, value } = await step('refused');
    assert.match(outcomes[0], /^RangeError: kv: the record "a" has 27262976 bytes, and KV holds at most 26214400$/);
    assert.deepEqual([outcomes[1], taken, value], ['Error: 429', 0, 'old']);
  });

  test('a value that KV has lost is missing', async () => {
    assert.deepEqual(await step('lost'), { missing: true, value: 'again' });
  });

  test('KV alone is as right as clocks agree', async () => {
    const values = ['late', 'new', 'wrong'].map((value) => ['stored', value === 'late' ? null : value]);
    assert.deepEqual(await step('late'), { values, isStale: true });
  });

  test('wrong options', async () => {
    const errors = await step('wrong');
    assert.deepEqual(
      errors,
      errors.map(() => 'TypeError'),
    );
  });
});
