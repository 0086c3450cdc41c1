// A cache for did-resolver, on keylatch. Made to be copied: it needs nothing else of this folder.

/** @typedef {import('did-resolver').DIDResolutionResult} Result */

/**
 * Makes the function that did-resolver's `Resolver` takes as its `cache`. Callers that want the same DID at the same
 * time share one resolution; if it fails, the next of them tries.
 *
 * @example
 * const cache = didCache(new InMemoryCache({ max: 1_000, ttl: 300, isolate: 'freeze' }));
 * const resolver = new Resolver(methods, { cache });
 *
 * @param {import('keylatch').InMemoryCache<Result>} cache Its `ttl` is the time to live of what was resolved. All
 * callers get the same object: `isolate: 'freeze'` keeps them from changing each other's documents.
 * @param {object} [options] Durations are in seconds.
 * @param {number} [options.notFoundTtl] How long it is remembered that a DID doesn't exist: not long, it may be made.
 * @param {number} [options.patience] How long a caller waits for others at the most, before it gets an error. While a
 * registry is down, its callers would otherwise try one after the other, until the last one has.
 * @returns {import('did-resolver').DIDCache}
 */
export function didCache(cache, { notFoundTtl = 10, patience = 10 } = {}) {
  /** What to tell the cache about a result; `undefined` if it must not be stored. */
  const storing = ({ didResolutionMetadata: { error } }) => {
    if (error === undefined) return {};
    return error === 'notFound' ? { ttl: notFoundTtl } : undefined;
  };

  return async (parsed, resolve, options) => {
    const key = keyOf(parsed, options);
    if (wantsFresh(parsed, options)) {
      // The others get the fresh result too, from now on.
      const result = await resolve();
      const how = storing(result);
      if (how) await cache.set(key, result, how.ttl);
      return result;
    }

    // A hit needs no lock.
    const known = await cache.get(key);
    if (known !== undefined) return known;

    const compute = async (lock) => {
      if (lock.done) return lock.result;
      const result = await resolve();
      const how = storing(result);
      // Who took longer than the lock's lease may have lost its turn. The result is good for this caller all the same.
      if (how && !lock.signal.aborted) await lock.setResult(result, how);
      return result;
    };
    try {
      return await cache.withLock(key, compute, { timeout: patience * 1000 });
    } catch (error) {
      if (error?.code !== 'lock-timeout') throw error;
      const message = `no resolution within ${patience} s`;
      return { didResolutionMetadata: { error: 'internalError', message }, didDocument: null, didDocumentMetadata: {} };
    }
  };
}

/** Path and query may choose another document, such as an older version; so may `accept`. A fragment doesn't. */
function keyOf({ didUrl }, options) {
  const [url] = didUrl.replace(';no-cache=true', '').split('#');
  return options?.accept === undefined ? url : `${url} ${options.accept}`;
}

/** `{ cache: false }` says so from did-resolver 6 on; before, the parameter `;no-cache=true` of the DID URL did. */
function wantsFresh({ params }, options) {
  return options?.cache === false || params?.['no-cache'] === 'true';
}
