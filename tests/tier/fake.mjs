// IndexedDB in Node, and what goes wrong in it.

import * as fake from 'fake-indexeddb';

globalThis.indexedDB = new fake.IDBFactory();
globalThis.IDBKeyRange = fake.IDBKeyRange;

/** Has a method do something else: `work` gets the original, the object, and the arguments. Returns what undoes that. */
export function replace(prototype, name, work) {
  const original = prototype[name];
  prototype[name] = function (...words) {
    return work((...words) => original.apply(this, words), this, words);
  };
  return () => (prototype[name] = original);
}

export const { IDBDatabase, IDBFactory, IDBObjectStore, IDBTransaction } = fake;
