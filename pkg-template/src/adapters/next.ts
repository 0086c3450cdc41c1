// A cache as what Next stores the results of `'use cache'` in.

import { AsyncLocalStorage } from 'node:async_hooks';
import type { Cache } from 'keylatch';

/** A result, as Next hands it over and takes it back. */
export interface NextEntry {
  /** The bytes of the result. They can be read once. */
  value: ReadableStream<Uint8Array>;
  tags: string[];
  /** For the router in the browser, in seconds. */
  stale: number;
  /** When the result's computation began, in milliseconds since 1970. */
  timestamp: number;
  /** For how long it may serve, in seconds. */
  expire: number;
  /** After how many seconds Next computes it anew, while it serves. */
  revalidate: number;
}

/** What a cache keeps of a result. */
export interface NextResult extends Omit<NextEntry, 'value'> {
  readonly bytes: ArrayBuffer;
}

/** What Next 16 asks of each of its `cacheHandlers`. */
export interface NextCacheHandler {
  get(cacheKey: string, softTags: string[]): Promise<NextEntry | undefined>;
  set(cacheKey: string, pendingEntry: Promise<NextEntry>): Promise<void>;
  refreshTags(): Promise<void>;
  getExpiration(tags: string[]): Promise<number>;
  updateTags(tags: string[], durations?: { expire?: number }): Promise<void>;
}

/** The most tags that are remembered. When there are more, all tags count as updated when the oldest of them was. */
const MAX_TAGS = 10_000;

/** The clock by which Next stamps its entries. */
const now = () => performance.timeOrigin + performance.now();

/**
 * A handler for `cacheHandlers` of Next, in memory. A result serves until its `expire`; past its `revalidate`, Next
 * computes it anew meanwhile. A result whose tag was updated while it was computed isn't served.
 *
 * @param cache Where the results are. With `maxSize`, their bytes are bounded.
 * @example
 * // cache-handler.mjs, which next.config.js names: cacheHandlers: { default: require.resolve('./cache-handler.mjs') }
 * export default nextHandler(new Cache({ maxSize: 50_000_000 }));
 */
export function nextHandler(cache: Cache<string, NextResult>): NextCacheHandler {
  // Next forbids the wall clock and random numbers where it prerenders, but for what runs outside of the request. Nor
  // does a result keep its request alive then.
  const outside = AsyncLocalStorage.snapshot();
  const pending = new Map<string, Promise<void>>();
  /** By tag: results from before `expired` are gone, and those from before `stale` will be when it is `due`. */
  const updates = new Map<string, { expired: number; stale: number; due: number }>();
  let floor = 0;
  const read = (tag: string) => {
    const { expired, stale, due } = updates.get(tag) ?? { expired: floor, stale: 0, due: Infinity };
    return due > now() ? { expired, stale, due } : { expired: Math.max(expired, stale), stale: 0, due: Infinity };
  };
  return {
    get: (key) =>
      outside(async () => {
        await pending.get(key);
        const found = cache.get(key);
        if (found === undefined) return undefined;
        const { bytes, ...entry } = found;
        for (const { expired, stale } of entry.tags.map(read)) {
          if (expired >= entry.timestamp) return undefined;
          if (stale >= entry.timestamp) entry.revalidate = -1;
        }
        return { ...entry, value: new Response(bytes).body! };
      }),
    set: (key, pendingEntry) =>
      outside(() => {
        const store = async () => {
          const { value, ...entry } = await pendingEntry;
          const bytes = await new Response(value).arrayBuffer();
          const expires = entry.timestamp + entry.expire * 1000;
          if (expires > now()) cache.set(key, { ...entry, bytes }, { expires });
          else cache.delete(key);
        };
        // What has failed, or breaks off, isn't stored. Next tells its reader of the error.
        const storing = store()
          .catch(() => {})
          .finally(() => {
            if (pending.get(key) === storing) pending.delete(key);
          });
        pending.set(key, storing);
        return storing;
      }),
    refreshTags: async () => {},
    getExpiration: async (tags) => Math.max(0, ...tags.map((tag) => read(tag).expired)),
    updateTags: async (tags, durations) => {
      for (const tag of tags) {
        const { expired, due } = read(tag);
        updates.delete(tag);
        const stale = now();
        const later = Math.min(due, stale + (durations?.expire ?? Infinity) * 1000);
        updates.set(tag, durations ? { expired, stale, due: later } : { expired: stale, stale: 0, due: Infinity });
        if (updates.size > MAX_TAGS) {
          const [oldest] = updates.keys() as Iterable<string>;
          const { expired, stale } = updates.get(oldest!)!;
          floor = Math.max(floor, expired, stale);
          updates.delete(oldest!);
        }
      }
    },
  };
}
