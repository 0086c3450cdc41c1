// Signals that abort at any moment, over a client that is made up.

import assert from 'node:assert';
import { test } from 'node:test';
import { redis } from './sources.mjs';

const AFTER = { epoch: 'e', sequence: 1 };

/** A client whose answers are empty, and whose second connection fails once it is closed. */
function fake(onAsk) {
  const open = new Set();
  const client = {
    async evalsha() {
      onAsk();
      return ['e', 1, 1, 0];
    },
    duplicate() {
      const copy = {
        on: () => {},
        xread: () => new Promise((_, reject) => (copy.fail = reject)),
        disconnect() {
          open.delete(copy);
          copy.fail?.(new Error('Connection is closed.'));
        },
      };
      open.add(copy);
      return copy;
    },
  };
  client.eval = client.evalsha;
  return { store: redis(client), open };
}

test('an abort at any moment rejects with its reason, leaves no connection and no rejection unheard', async () => {
  const unheard = [];
  const note = (error) => unheard.push(error);
  process.on('unhandledRejection', note);
  try {
    for (let moment = 0; moment < 40; moment += 1) {
      const stop = new AbortController();
      const abort = async () => {
        for (let turn = 0; turn < moment; turn += 1) await undefined;
        stop.abort(new Error('enough'));
      };
      const { store, open } = fake(() => void abort());
      await assert.rejects(store.changes(AFTER, 60_000, stop.signal), { message: 'enough' }, `${moment}`);
      await new Promise(setImmediate);
      assert.equal(open.size, 0, `${moment}: connections`);
    }
    assert.deepEqual(unheard, []);
  } finally {
    process.off('unhandledRejection', note);
  }
});
