// Faults that keylatch might have, for tests that have to notice them: node --import ./faults.mjs with KEYLATCH_FAULT.
//
// Run by itself, it prints their names.

import { CacheKeyLock, InMemoryCache } from 'keylatch';

const FAULTS = {
  'get finds nothing': { get: () => async () => undefined },
  'set stores nothing': { set: () => async () => {} },
  'set stores under the first key only': {
    set: (set) =>
      function (keys, ...rest) {
        return set.call(this, [keys].flat().slice(0, 1), ...rest);
      },
  },
  'nothing expires': {
    set: (set) =>
      function (keys, value) {
        return set.call(this, keys, value);
      },
  },
  'a ttl counts milliseconds': {
    set: (set) =>
      function (keys, value, ttl) {
        return set.call(this, keys, value, ttl && ttl / 1000);
      },
  },
  'clear removes nothing': { clear: () => async () => {} },
  'flush removes nothing': { flush: () => async () => {} },
  'every lock has a key of its own': {
    acquire: (acquire) =>
      function (key, options) {
        return acquire.call(this, `${key} ${Math.random()}`, options);
      },
  },
};

/** The same for locks. */
const LOCK_FAULTS = {
  'a result goes nowhere': { setResult: () => async () => {} },
  'a lock never leaves': { exit: () => async () => {}, release: () => () => {} },
  'entering a lock looks for no value': {
    enter: () =>
      async function () {
        return this;
      },
  },
  'a second result is ignored': {
    setResult: (setResult) =>
      async function (...all) {
        if (!this.done) await setResult.apply(this, all);
      },
  },
};

const fault = process.env.KEYLATCH_FAULT;
for (const [faults, { prototype }] of [
  [FAULTS, InMemoryCache],
  [LOCK_FAULTS, CacheKeyLock],
]) {
  if (fault === undefined) console.log(Object.keys(faults).join('\n'));
  for (const [name, wrap] of Object.entries(faults[fault] ?? {})) {
    // Inherited methods get their fault, too.
    Object.defineProperty(prototype, name, { value: wrap(prototype[name]), configurable: true, writable: true });
  }
}
