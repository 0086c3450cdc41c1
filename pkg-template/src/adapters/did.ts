// A cache for those who resolve DIDs: did-resolver, Credo, atproto and web5.

import type { Cache, Key } from 'keylatch';
import type { DIDCache, DIDResolutionResult } from 'did-resolver';

/**
 * A cache for the `Resolver` of did-resolver. Many callers of one DID make one request. A result with an error goes to
 * those who wait, and isn't stored. `{ cache: false }` and the parameter `no-cache` resolve anew, and store that.
 *
 * @param cache Its `ttl` is for the documents; so are `swr`, `grace` and the other options of loads.
 * @example
 * const cache = new Cache({ max: 1_000, ttl: 300_000, isolate: 'freeze' });
 * const resolver = new Resolver(methods, { cache: didCache(cache) });
 */
export function didCache(cache: Cache<string, DIDResolutionResult>): DIDCache {
  return async (parsed, resolve, options) => {
    const { cache: asked, ...others } = options ?? {};
    // Path, query and options may choose another document, such as an older version. A fragment doesn't.
    const [url] = parsed.didUrl.split('#');
    const more = JSON.stringify(others);
    // did-resolver 4 and 5 have parameters.
    const { params } = parsed as { params?: Record<string, string> };
    const forceFresh = asked === false || params?.['no-cache'] === 'true';
    return cache.getOrSet(
      more === '{}' ? url! : url + more,
      async ({ skip }) => {
        const result = await resolve();
        if (result.didResolutionMetadata?.error) skip();
        return result;
      },
      { forceFresh },
    );
  };
}

/** What is used of Credo's `AgentContext`. */
export interface CredoContext {
  readonly contextCorrelationId: string;
}

/** What Credo 0.8 says besides: whether all agents of the process share the entry. */
export interface CredoOptions {
  readonly scope?: 'context' | 'global' | undefined;
}

/**
 * A cache for Credo's `CacheModule`, up to 0.7 and from 0.8 on. Each agent context has entries of its own.
 *
 * @example
 * new CacheModule({ cache: new CredoCache(new Cache({ max: 1_000 })) });
 */
export class CredoCache {
  readonly #cache: Cache<string, unknown>;

  /** @param cache Its `ttl` is for what Credo gives none. */
  constructor(cache: Cache<string, unknown>) {
    this.#cache = cache;
  }

  /** The value of a key, or `null`. */
  async get<CacheValue>(context: CredoContext, key: string, options?: CredoOptions): Promise<CacheValue | null> {
    return (this.#in(context, options).get(key) ?? null) as CacheValue | null;
  }

  /** Stores a value for so many seconds; by default, for as long as the cache says. */
  async set<CacheValue>(
    context: CredoContext,
    key: string,
    value: CacheValue,
    expiresInSeconds?: number,
    options?: CredoOptions,
  ): Promise<void> {
    const ttl = expiresInSeconds === undefined ? undefined : expiresInSeconds * 1000;
    this.#in(context, options).set(key, value, { ttl });
  }

  /** Removes a value. */
  async remove(context: CredoContext, key: string, options?: CredoOptions): Promise<void> {
    this.#in(context, options).delete(key);
  }

  #in({ contextCorrelationId }: CredoContext, options?: CredoOptions) {
    const name = options?.scope === 'global' ? 'global' : `context:${contextCorrelationId}`;
    return this.#cache.namespace(name);
  }
}

/** What {@link AtprotoDidCache} keeps of a DID. */
export interface AtprotoEntry<Doc> {
  readonly doc: Doc;
  /** When it was resolved, in milliseconds since 1970. */
  readonly updatedAt: number;
}

/** What atproto asks of a cache: its `CacheResult`. */
export interface AtprotoResult<Doc> {
  did: string;
  doc: Doc;
  updatedAt: number;
  stale: boolean;
  expired: boolean;
}

/**
 * A cache for the `DidResolver` and the `IdResolver` of atproto. A stale document serves while it is resolved again,
 * once for all who ask.
 *
 * @example
 * const didCache = new AtprotoDidCache(new Cache({ max: 10_000 }));
 * const resolver = new IdResolver({ didCache });
 */
export class AtprotoDidCache<Doc extends object> {
  readonly #cache: Cache<string, AtprotoEntry<Doc>>;
  readonly #staleTtl: number;
  readonly #maxTtl: number;

  /**
   * @param staleTtl After how many milliseconds a document is resolved again.
   * @param maxTtl For how many milliseconds it is kept.
   */
  constructor(cache: Cache<string, AtprotoEntry<Doc>>, staleTtl = 3_600_000, maxTtl = 86_400_000) {
    this.#cache = cache;
    this.#staleTtl = staleTtl;
    this.#maxTtl = maxTtl;
  }

  /** Stores a document. */
  async cacheDid(did: string, doc: Doc): Promise<void> {
    this.#cache.set(did, { doc, updatedAt: Date.now() }, this.#maxTtl);
  }

  /** The document of a DID, or `null`. What is older than `maxTtl` is gone. */
  async checkCache(did: string): Promise<AtprotoResult<Doc> | null> {
    const entry = this.#cache.get(did);
    if (entry === undefined) return null;
    return { did, ...entry, stale: Date.now() > entry.updatedAt + this.#staleTtl, expired: false };
  }

  /** Resolves a DID again. Where there is no document any more, the old one stays. */
  async refreshCache(did: string, getDoc: () => Promise<Doc | null>): Promise<void> {
    const load = async () => {
      const doc = await getDoc();
      return doc ? { doc, updatedAt: Date.now() } : undefined;
    };
    await this.#cache.refresh<AtprotoEntry<Doc> | undefined>(did, load, { ttl: this.#maxTtl });
  }

  /** Removes the document of a DID. */
  async clearEntry(did: string): Promise<void> {
    this.#cache.delete(did);
  }

  /** Removes all documents. */
  async clear(): Promise<void> {
    this.#cache.clear();
  }
}

/** What atproto names `SimpleStore`, and web5 takes as the `cache` of its `UniversalResolver`. */
export interface DidStore<K extends Key, V> {
  get: (key: K) => Promise<V | undefined>;
  set: (key: K, value: V) => Promise<void>;
  del: (key: K) => Promise<void>;
  delete: (key: K) => Promise<void>;
  clear: () => Promise<void>;
  close: () => Promise<void>;
}

/**
 * A cache as a `SimpleStore` of atproto, for DIDs, handles and the metadata of OAuth; and as the cache of web5.
 *
 * @example
 * const didCache = didStore(new Cache({ max: 1_000, ttl: 3_600_000 }));
 * const resolver = new DidResolverCached(methods, didCache);
 */
export function didStore<K extends Key, V>(cache: Cache<K, V>): DidStore<K, V> {
  const del = async (key: K) => void cache.delete(key);
  return {
    get: async (key) => cache.get(key),
    set: async (key, value) => void cache.set(key, value),
    del,
    delete: del,
    clear: async () => cache.clear(),
    close: async () => cache.close(),
  };
}
