// How values are loaded anew: from a source that is down, with the old value at hand, and after a soft invalidation. A
// peer that has one of these is here by its own means; the others get no word.

import { setTimeout as pause } from 'node:timers/promises';
import { BentoCache, bentostore } from 'bentocache';
import { memoryDriver } from 'bentocache/drivers/memory';
import { Cache } from 'keylatch';
import { LRUCache } from 'lru-cache';
import { outcome } from './callers.mjs';
import { by, counted, read } from './means.mjs';

const HOUR = 3_600_000;
const FRESH = 20;

const bento = (options) =>
  new BentoCache({
    default: 'main',
    stores: { main: bentostore().useL1Layer(memoryDriver({ maxItems: 10 })) },
    ...options,
  });

/** Who serves an expired value if the load fails: `load(loader)`. */
const GRACE = {
  keylatch: () => {
    const cache = new Cache({ max: 10, ttl: FRESH, grace: HOUR, graceBackoff: HOUR });
    return (loader) => cache.getOrSet('key', loader);
  },
  'lru-cache': () => {
    const fetchMethod = (_key, _stale, { context }) => context();
    const cache = new LRUCache({ max: 10, ttl: FRESH, fetchMethod, allowStaleOnFetchRejection: true });
    return (context) => cache.fetch('key', { context });
  },
  bentocache: () => {
    const cache = bento({ ttl: FRESH, grace: HOUR, graceBackoff: HOUR });
    return (factory) => cache.getOrSet({ key: 'key', factory });
  },
};

/** Who hands a fresh value to the loader that is to replace it: `refresh(loader)`. */
const REFRESH = {
  keylatch: () => {
    const cache = new Cache({ max: 10 }).set('key', 'OLD');
    return (loader) => cache.refresh('key', ({ value }) => loader(value));
  },
  'lru-cache': () => {
    const cache = new LRUCache({ max: 10, fetchMethod: (_key, old, { context }) => context(old) }).set('key', 'OLD');
    return (context) => cache.fetch('key', { context, forceRefresh: true });
  },
};

/** Who lets one value expire early: a cache with a value, `expire()` and `load(loader)`. */
const EXPIRE = {
  keylatch: async () => {
    const cache = new Cache({ max: 10, ttl: HOUR, grace: HOUR }).set('key', 'OLD');
    return { expire: () => cache.expire('key'), load: (loader) => cache.getOrSet('key', loader) };
  },
  bentocache: async () => {
    const cache = bento({ ttl: HOUR, grace: HOUR });
    await cache.set({ key: 'key', value: 'OLD' });
    return {
      expire: () => cache.expire({ key: 'key' }),
      load: (factory) => cache.getOrSet({ key: 'key', factory }),
    };
  },
};

const fails = () => Promise.reject(new Error('the source is down'));

/** How often a source that is down is asked by five callers, one after the other. */
async function asked(load) {
  let calls = 0;
  const loader = () => {
    calls += 1;
    return fails();
  };
  const answers = [];
  for (let caller = 0; caller < 5; caller += 1) answers.push(await outcome(() => load(loader)));
  return { calls: counted(calls, 'call'), answers };
}

const down = by(GRACE, async (make) => {
  const load = make();
  await load(async () => 'OLD');
  await pause(2 * FRESH);
  const { calls, answers } = await asked(load);
  return answers.every(({ value }) => value === 'OLD') ? calls : 'no stale';
});

const missing = by({ keylatch: () => new Cache({ max: 10, negativeBackoff: HOUR }) }, async (make) => {
  const cache = make();
  return (await asked((loader) => cache.getOrSet('key', loader))).calls;
});

const old = by(REFRESH, async (make) => {
  let handed;
  await make()((value) => {
    handed = value;
    return 'NEW';
  });
  return handed === 'OLD' ? 'has it' : 'nothing';
});

const unmodified = by({ keylatch: () => new Cache({ max: 10 }) }, async (make) => {
  const cache = make();
  cache.set('key', 'OLD', { tags: ['tag'], etag: '"1"' });
  let known;
  const answer = ({ etag, notModified }) => ((known = etag), notModified());
  await cache.refresh('key', answer);
  return known === '"1"' && cache.get('key') === 'OLD' && cache.deleteByTag('tag') === 1 ? 'kept' : 'lost';
});

const expired = by(EXPIRE, async (make) => {
  const { expire, load } = await make();
  await expire();
  const served = await outcome(() => load(fails));
  return served.value === 'OLD' ? 'serves' : 'gone';
});

export const REFRESHING = [
  {
    name: 'stale, source down, 5 callers: calls',
    right: ['1 call'],
    why: 'every caller would wait for a source that is down, and it would be asked by all of them',
    run: down,
    read: read('has it (a throttle)', 'has none'),
  },
  {
    name: 'no value, source down, 5 callers',
    right: ['1 call'],
    why: 'as above; the error is the answer for a while, where the program wants that',
    run: missing,
    read: read('has none', 'has none'),
  },
  {
    name: 'refresh: the old value for the loader',
    right: ['has it'],
    why: 'a request can then ask whether there is anything newer',
    run: old,
    read: read('has it', 'has none'),
  },
  {
    name: '"not modified": value, tags',
    right: ['kept'],
    why: 'nothing has changed but how long it may be used',
    run: unmodified,
    read: read('has it', 'has none'),
  },
  {
    name: 'soft invalidation of a key, source down',
    right: ['serves'],
    why: 'a value that may be out of date is better than none, until there is another one',
    run: expired,
    read: read('has it (Expire)', 'has none'),
  },
];
