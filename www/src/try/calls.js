// What a visitor can ask of the cache. Each call is made for real; it returns how it looks in code, what it returned, and
// how to say in words what came of it, given the events that it gave rise to.

import { count, duration, quote } from '../format.js';

/** How many keys are set at once. */
const MANY = 10;

/** So that the keys are new each time. */
let serial = 0;

/** The calls, by name. */
export const CALLS = {
  make(cache, options) {
    const { max } = cache.stats();
    const room = max === Infinity ? 'any number of entries' : count(max, 'entry', 'entries');
    return { code: `cache = new Cache(${object(options)})`, say: () => `A new cache, with room for ${room}.` };
  },

  set(cache, { key, value, ttl }) {
    cache.set(key, value, ttl === undefined ? undefined : { ttl });
    const options = ttl === undefined ? '' : `, ${object({ ttl })}`;
    const left = cache.getRemainingTTL(key);
    const life = left === Infinity ? 'for good' : `for ${duration(left)}`;
    return {
      code: `cache.set(${quote(key)}, ${quote(value)}${options})`,
      say: (events) => `${quote(key)} is set ${life}.${madeRoom(events)}`,
    };
  },

  get(cache, { key }) {
    const value = cache.get(key);
    const found = value === undefined ? 'is not there: a miss.' : `has the value ${quote(value)}: a hit.`;
    return { code: `cache.get(${quote(key)})`, result: quote(value), say: () => `${quote(key)} ${found}` };
  },

  delete(cache, { key }) {
    const result = cache.delete(key);
    const said = result ? 'is deleted' : 'was not there';
    return { code: `cache.delete(${quote(key)})`, result: quote(result), say: () => `${quote(key)} ${said}.` };
  },

  sweep(cache) {
    const before = [...cache.keys()];
    const first = serial + 1;
    const entries = Array.from({ length: MANY }, () => [`new:${(serial += 1)}`, serial]);
    cache.setMany(entries);
    const kept = before.filter((key) => cache.has(key)).length;
    const still =
      before.length === 0 ? '' : ` Of the ${count(before.length, 'earlier entry', 'earlier entries')}, ${kept} stayed.`;
    return {
      code: `cache.setMany([['new:${first}', ${first}], …, ['new:${serial}', ${serial}]])`,
      say: (events) => `Ten new keys are set.${madeRoom(events)}${still}`,
    };
  },

  clear(cache) {
    cache.clear();
    return { code: 'cache.clear()', say: () => 'The cache is empty.' };
  },

  expired() {
    const say = (events) => `${subject(events)} ${events.length === 1 ? 'has' : 'have'} expired.`;
    return { code: 'cache.purgeStale()', say };
  },
};

function madeRoom(events) {
  const evicted = events.filter(({ type }) => type === 'evict');
  return evicted.length === 0 ? '' : ` ${subject(evicted)} made room.`;
}

/** The one key that something has happened to, or how many entries there are. */
function subject(events) {
  return events.length === 1 ? quote(events[0].key) : count(events.length, 'entry', 'entries');
}

/** Options as they stand in code, without those that are missing. */
function object(options) {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return `{ ${given.map(([name, value]) => `${name}: ${value}`).join(', ')} }`;
}
