// The loops that are timed. They are the same but for their names: an engine keeps what it learns about a call with the
// place of the call, and one loop for all would be slow for all. They count what they find, so that no look-up can be left
// out.

/** Looks up keys in a Map. */
export function hitsOfMap(map, keys) {
  let found = 0;
  for (let i = 0; i < keys.length; i += 1) if (map.get(keys[i]) !== undefined) found += 1;
  return found;
}

/** Looks up keys in a cache whose entries never expire. */
export function hitsOfCache(cache, keys) {
  let found = 0;
  for (let i = 0; i < keys.length; i += 1) if (cache.get(keys[i]) !== undefined) found += 1;
  return found;
}

/** Looks up keys in a cache whose entries expire. */
export function hitsOfExpiring(cache, keys) {
  let found = 0;
  for (let i = 0; i < keys.length; i += 1) if (cache.get(keys[i]) !== undefined) found += 1;
  return found;
}
