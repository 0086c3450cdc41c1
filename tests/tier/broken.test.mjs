// Stores that break one rule each, and the tests of the suite that notice it.

import assert from 'node:assert';
import { describe, test } from 'node:test';
import { EPOCHS } from './broken/epochs.mjs';
import { FEED } from './broken/feed.mjs';
import { FENCE } from './broken/fence.mjs';
import { RECORDS } from './broken/records.mjs';
import { TURNS } from './broken/turns.mjs';
import { MemoryStore, storeSuite } from './sources.mjs';
import { VirtualClock } from './virtual-clock.mjs';

/**
 * Each breaks a store: what `breaks` returns is in the place of its methods, for one node. `state` is one for all nodes.
 * `fails` are tests that notice it; others may, too.
 */
const BREAKS = { ...RECORDS, ...FENCE, ...EPOCHS, ...FEED, ...TURNS };

/** Two nodes of a store in memory, broken or not. */
function subject({ breaks } = {}) {
  const clock = new VirtualClock();
  const store = new MemoryStore({ clock, feedLength: 50 });
  const state = {};
  const node = () => {
    const plain = {};
    const methods = ['read', 'write', 'put', 'drop', 'changes', 'renew', 'turn', 'endTurn'];
    for (const name of methods) plain[name] = (...call) => store[name](...call);
    return { capabilities: store.capabilities, ...plain, ...breaks?.(store, state) };
  };
  return {
    store: node(),
    other: node(),
    wait: (milliseconds) => clock.pass(milliseconds),
    lose: async () => store.lose(),
    save: async () => {
      const back = store.save();
      return async () => back(false);
    },
    feedLength: 50,
  };
}

const NAMES = storeSuite(subject).map(({ name }) => name);

describe('broken stores', () => {
  for (const [what, broken] of Object.entries(BREAKS)) {
    test(`a broken store: ${what}`, async () => {
      // Most tests fail by what they find. A machine that is too slow must not look like that.
      const cases = storeSuite(() => subject(broken), { limit: broken.hangs ? 1000 : 20_000 });
      for (const name of broken.fails) {
        const { run } = cases.find((found) => found.name === name) ?? assert.fail(`the suite has no test "${name}"`);
        await assert.rejects(run(), broken.hangs ? undefined : (error) => !/no end within/.test(error.message), name);
      }
    });
  }

  test('every test of the suite notices something', () => {
    const noticed = new Set(Object.values(BREAKS).flatMap(({ fails }) => fails));
    assert.deepEqual(
      NAMES.filter((name) => !noticed.has(name)),
      [],
    );
  });
});
