// A node in a worker, which stores a value and tells the first change.

import { idb } from '/target/tier/browser/idb.mjs';

self.onmessage = async ({ data: name }) => {
  const store = idb(name);
  const signal = AbortSignal.timeout(20_000);
  const record = { data: new TextEncoder().encode('of the worker'), concerns: ['a'], life: 600_000 };
  const position = await store.put('a', record, { keep: 600_000 }, signal);
  self.postMessage('stored');
  const { changes } = await store.changes(position, 15_000, signal);
  self.postMessage(changes[0].marks);
};
