// What few have: values computed without a promise, updates, pins, gathered loads, memoized functions, channels. A peer that
// has one of these is here by its own means; the others get no word.

import diagnostics from 'node:diagnostics_channel';
import DataLoader from 'dataloader';
import { Cache, batch, memoize } from 'keylatch';
import { LRUCache } from 'lru-cache';
import pMemoize from 'p-memoize';
import { outcome, settle } from './callers.mjs';
import { by, counted, read } from './means.mjs';

/** Who can compute a value without a promise: `compute(key, callback)`, `has` and `set`. */
const COMPUTE = {
  keylatch: () => {
    const cache = new Cache({ max: 10 });
    return {
      compute: (key, callback) => cache.getOrInsertComputed(key, callback),
      has: (key) => cache.has(key),
      get: (key) => cache.get(key),
      set: (key, value) => cache.set(key, value),
    };
  },
  'lru-cache': () => {
    const cache = new LRUCache({ max: 10, memoMethod: (_key, _stale, { context }) => context() });
    return {
      compute: (key, callback) => cache.memo(key, { context: callback }),
      has: (key) => cache.has(key),
      get: (key) => cache.get(key),
      set: (key, value) => cache.set(key, value),
    };
  },
};

/** Who gathers single loads: `make(loader)` gives a function that loads one key by a loader of many. */
const GATHER = {
  keylatch: (loader) => {
    const cache = new Cache({ max: 10 });
    const load = batch(loader);
    return (key) => cache.getOrSet(key, load);
  },
  // It is no cache with a bound or a ttl, so it has no column of its own.
  dataloader: (loader) => {
    const loads = new DataLoader(loader);
    return (key) => loads.load(key);
  },
};

/** Who makes a function that caches its results. */
const MEMOIZE = {
  keylatch: (fn) => memoize(fn, { cache: new Cache({ max: 10 }) }),
  'p-memoize': (fn) => pMemoize(fn),
};

/** Who tells a diagnostics channel of what happens: the channel, and something that happens. */
const CHANNEL = {
  keylatch: ['keylatch:evict', () => new Cache({ max: 1, policy: 'lru' }).set('a', 1).set('b', 1)],
  'lru-cache': ['lru-cache:metrics', () => new LRUCache({ max: 1 }).set('a', 1).set('b', 1)],
};

const throwing = by(COMPUTE, (make) => {
  const cache = make();
  try {
    cache.compute('key', () => {
      throw new Error('computing has failed');
    });
    return 'no error';
  } catch {
    return cache.has('key') ? 'stored' : 'nothing';
  }
});

const writing = by(COMPUTE, (make) => {
  const cache = make();
  const got = cache.compute('key', () => {
    cache.set('key', 'inner');
    return 'outer';
  });
  return got === cache.get('key') ? got : 'differs';
});

const updating = by({ keylatch: () => new Cache({ max: 10 }) }, async (make) => {
  const cache = make();
  cache.set('key', 1, 60_000);
  const { expires } = cache.info('key');
  await settle();
  cache.update('key', (value) => value + 1);
  return cache.get('key') === 2 && cache.info('key').expires === expires ? 'kept' : 'anew';
});

const pinned = by({ keylatch: () => new Cache({ max: 2 }) }, (make) => {
  const cache = make();
  cache.set('a', 1, { pinned: true }).set('b', 1, { pinned: true }).set('c', 1);
  if (cache.size > 2) return 'too many';
  return cache.has('a') && cache.has('b') ? 'refused' : 'evicted';
});

const gathered = by(GATHER, async (make) => {
  let calls = 0;
  const load = make(async (keys) => {
    calls += 1;
    return keys;
  });
  await Promise.all(['a', 'b', 'c'].map(load));
  return counted(calls, 'call');
});

const tooFew = by(GATHER, async (make) => {
  const load = make(async (keys) => keys.slice(1));
  const got = await Promise.all(['a', 'b'].map((key) => outcome(() => load(key))));
  return got.every((each) => 'error' in each) ? 'error' : 'values';
});

const oneFails = by(GATHER, async (make) => {
  const load = make(async (keys) => keys.map((key) => (key === 'a' ? new Error('of a') : key)));
  const got = await Promise.all(['a', 'b'].map((key) => outcome(() => load(key))));
  return got[0].error?.message === 'of a' && got[1].value === 'b' ? 'value' : 'error';
});

const otherArguments = by(MEMOIZE, async (make) => {
  const sum = make(async (one, other) => one + other);
  const got = [await outcome(() => sum(1, 1)), await outcome(() => sum(1, 2))];
  if (got.every((each) => 'error' in each)) return 'refused';
  return got[1].value === 3 ? 'its own' : "another's";
});

const told = by(CHANNEL, async ([channel, happen]) => {
  let messages = 0;
  const note = () => (messages += 1);
  diagnostics.subscribe(channel, note);
  happen();
  await settle();
  diagnostics.unsubscribe(channel, note);
  return messages > 0 ? 'told' : 'not told';
});

export const MORE = [
  {
    name: 'sync computing throws: stored?',
    right: ['nothing'],
    why: 'an error is no value, without a promise either',
    run: throwing,
    read: read('has it', 'has none'),
  },
  {
    name: 'sync computing sets its own key',
    right: ['outer'],
    why: "what is returned is what is kept; ES2027's Map does so",
    run: writing,
  },
  {
    name: 'update of a value: its expiry',
    right: ['kept'],
    why: 'a counter would live for ever if each step gave it a new life',
    run: updating,
    read: read('has none', 'has none'),
  },
  {
    name: 'all pinned: a new entry',
    right: ['refused'],
    why: 'neither the bound nor the pins may break',
    run: pinned,
    read: read('has pins (a priority)', 'has none'),
  },
  {
    name: 'loads of one turn, loader for many',
    right: ['1 call'],
    why: 'a service that takes many keys should not be asked for each',
    run: gathered,
    read: read('has none', 'has none'),
  },
  {
    name: 'and its answer has too few values',
    right: ['error'],
    why: 'a caller would get the value of another key',
    run: tooFew,
  },
  {
    name: 'and one of its keys fails: the others',
    right: ['value'],
    why: 'a missing user is no reason to lose the others',
    run: oneFails,
  },
  {
    name: 'memoized f(1, 1), then f(1, 2)',
    right: ['refused', 'its own'],
    why: 'a key of the first argument alone gives the result of another call',
    run: otherArguments,
  },
  {
    name: 'tools that watch the program',
    right: ['told'],
    why: 'a diagnostics channel costs nothing unless somebody listens',
    run: told,
    read: read('has OpenTelemetry', 'in part'),
  },
];

/** Those beside the table: what they do in some of its rows. */
export async function beside(rows) {
  const words = [];
  for (const { name, run, read: others } of rows) {
    const dataloader = await run({ name: 'dataloader' });
    const all = { ...(dataloader && { dataloader }), ...others };
    if (Object.keys(all).length > 0) words.push([name, all]);
  }
  return words;
}
