// A cache as what Next stores the results of `'use cache'` in: of one server, or of many over a second tier.

import { AsyncLocalStorage } from 'node:async_hooks';
import type { Cache } from 'keylatch';
import type { Codec } from 'keylatch/tier';

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

/** Who has written something, and when by its clock. */
interface Written {
  readonly by?: string;
  readonly at?: number;
}

/** What a cache keeps of a result. */
export interface NextResult extends Omit<NextEntry, 'value'>, Written {
  readonly bytes: ArrayBuffer;
}

/** What is known of a tag: results from before `expired` are gone, and those from before `stale` will be when it is `due`. */
interface Update {
  readonly expired: number;
  readonly stale: number;
  /** Missing: never. */
  readonly due?: number | undefined;
}

/** Who has written a result, and what to add to times of its clock. */
interface Origin {
  readonly by: string | undefined;
  readonly offset: number;
}

/** Where updates are. */
interface Tags {
  /** @param origin Whose clock the times may come from, too, and by how much that one is behind. */
  read(tag: string, origin?: Origin): Update | Promise<Update>;
  write(tag: string, update: Update): void;
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
/** For how long the second tier remembers an update, in milliseconds. */
const YEAR = 31_536_000_000;
/** How much older another server's result counts than it seems: its time comes by way of the store's, which takes a while. */
const DOUBT = 250;
const NONE: Update = { expired: 0, stale: 0 };
const END_OF_LINE = 10;

/** The clock by which Next stamps its entries. */
const now = () => performance.timeOrigin + performance.now();

/** How the second tier of a handler's cache keeps what is in it. */
export const nextCodec: Codec = {
  encode: (value) => {
    const { bytes = new ArrayBuffer(0), ...rest } = value as Partial<NextResult>;
    const front = new TextEncoder().encode(`${JSON.stringify(rest)}\n`);
    const data = new Uint8Array(front.length + bytes.byteLength);
    data.set(front);
    data.set(new Uint8Array(bytes), front.length);
    return data;
  },
  decode: (data) => {
    const end = data.indexOf(END_OF_LINE);
    const rest = JSON.parse(new TextDecoder().decode(data.subarray(0, end))) as Partial<NextResult>;
    // What is known of a tag has no bytes.
    return rest.timestamp === undefined ? rest : { ...rest, bytes: data.slice(end + 1).buffer };
  },
};

/**
 * A handler for `cacheHandlers` of Next. A result serves until its `expire`; past its `revalidate`, Next computes it anew
 * meanwhile. A result whose tag was updated while it was computed isn't served.
 *
 * @param cache Where the results are. With `maxSize`, their bytes are bounded.
 * @param tier The cache's second tier, if it has one, with {@link nextCodec} as its codec. Then all servers over the same
 * store share results and tags.
 * @example
 * // cache-handler.mjs, which next.config.js names: cacheHandlers: { default: require.resolve('./cache-handler.mjs') }
 * export default nextHandler(new Cache({ maxSize: 50_000_000 }));
 * @example
 * const second = tier(redis(client, { prefix: 'next' }), { codec: nextCodec });
 * export default nextHandler(new Cache({ maxSize: 50_000_000, tier: second }), second);
 */
export function nextHandler(cache: Cache<string, NextResult>, tier?: { settled(): Promise<void> }): NextCacheHandler {
  // Next forbids the wall clock and random numbers where it prerenders, but for what runs outside of the request. Nor
  // does a result keep its request alive then.
  const outside = AsyncLocalStorage.snapshot();
  const pending = new Map<string, Promise<void>>();
  const by = tier && String(Math.random());
  const tags = tier ? sharedTags(cache as Cache<string, unknown>, by!) : ownTags();
  const read = async (tag: string, origin?: Origin) => {
    const { expired, stale, due = Infinity } = await tags.read(tag, origin);
    return due > now() ? { expired, stale, due } : { expired: Math.max(expired, stale), stale: 0, due: Infinity };
  };
  return {
    get: (key) =>
      outside(async () => {
        await pending.get(key);
        const found = tier ? await cache.getOrSet(key, () => undefined) : cache.get(key);
        if (found === undefined) return undefined;
        const { bytes, by: writer, at, ...entry } = found;
        const offset = writer === by ? 0 : ahead(cache, key, at) - DOUBT;
        entry.timestamp += offset;
        const updates = entry.tags.map((tag) => read(tag, { by: writer, offset }));
        for (const { expired, stale } of await Promise.all(updates)) {
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
          const shared = tier && { by: by!, at: now() };
          if (expires > now()) cache.set(key, { ...entry, ...shared, bytes }, { expires, tags: tier && entry.tags });
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
    getExpiration: (names) =>
      outside(async () =>
        Math.max(0, ...(await Promise.all(names.map((tag) => read(tag)))).map(({ expired }) => expired)),
      ),
    updateTags: (names, durations) =>
      outside(async () => {
        const update = async (tag: string) => {
          const { expired, due } = await read(tag);
          const stale = now();
          const later = Math.min(due, stale + (durations?.expire ?? Infinity) * 1000);
          tags.write(tag, durations ? { expired, stale, due: later } : { expired: stale, stale: 0 });
          if (tier && !durations) cache.deleteByTag(tag);
        };
        await Promise.all(names.map(update));
        // What the store can't be told now reaches it later.
        await tier?.settled().catch(() => {});
      }),
  };
}

/** The updates that this server knows of. */
function ownTags(): Tags {
  const updates = new Map<string, Update>();
  let floor = 0;
  return {
    read: (tag) => updates.get(tag) ?? { expired: floor, stale: 0 },
    write: (tag, update) => {
      updates.delete(tag);
      updates.set(tag, update);
      if (updates.size <= MAX_TAGS) return;
      const [oldest] = updates.keys() as Iterable<string>;
      const { expired, stale } = updates.get(oldest!)!;
      floor = Math.max(floor, expired, stale);
      updates.delete(oldest!);
    },
  };
}

/** The updates that all servers know of: each is an entry of the cache. So is that there was none, so that memory knows it. */
function sharedTags(cache: Cache<string, unknown>, by: string): Tags {
  const space = cache.namespace<string, Update & Written>('#tags');
  const options = { ttl: YEAR, size: 100, tags: [] };
  return {
    read: async (tag, origin) => {
      const update = await space.getOrSet(tag, () => NONE, options);
      if (update.by === by || update.at === undefined) return update;
      const shift = update.by === origin?.by ? origin!.offset : ahead(space, tag, update.at);
      const { expired, stale, due } = update;
      return { expired: expired && expired + shift, stale: stale && stale + shift, due: due && due + shift };
    },
    write: (tag, update) => {
      const { due = Infinity } = update;
      space.set(tag, { ...update, due: due < Infinity ? due : undefined, by, at: now() }, options);
    },
  };
}

/** What has entries that tell their age. */
interface Timed {
  info(key: string): { readonly ttl: number; readonly remaining: number } | undefined;
}

/**
 * By how many milliseconds this server's clock is ahead of another one's. The age of an entry is known by the store's clock,
 * whatever the servers' say.
 */
function ahead(space: Timed, key: string, at = 0): number {
  const { ttl = 0, remaining = 0 } = space.info(key) ?? {};
  return at === 0 ? 0 : now() - (ttl - remaining) - at;
}
