/// <reference lib="esnext.disposable" />
type Key = string | number;
interface Entry<K, V> {
    readonly key: K;
    readonly value: V;
    readonly ttl: number;
    readonly size: number;
    readonly tags: readonly string[];
    readonly etag: string | undefined;
    readonly pinned: boolean | undefined;
}
interface GetOptions {
    allowStale?: boolean | undefined;
    updateAgeOnGet?: boolean | undefined;
}
interface ListOptions {
    allowStale?: boolean | undefined;
    reverse?: boolean | undefined;
}
interface SetOptions {
    ttl?: number | undefined;
    expires?: number | undefined;
    size?: number | undefined;
    tags?: readonly string[] | undefined;
    etag?: string | undefined;
    pinned?: boolean | undefined;
}
type Policy = 'tinylfu' | 'lru' | 'sampled';
type DisposeReason = 'evict' | 'expire' | 'delete' | 'set';
type InsertReason = 'add' | 'update' | 'replace';
type CacheEvent<K extends Key = string, V = unknown> = {
    readonly namespace: readonly string[];
} & ({
    readonly type: 'hit' | 'miss' | 'stale';
    readonly key: K;
} | {
    readonly type: 'load' | 'join' | 'takeover' | 'fenced';
    readonly key: K;
} | {
    readonly type: 'fail';
    readonly key: K;
    readonly error: unknown;
} | {
    readonly type: 'error';
    readonly key: K;
    readonly error: unknown;
} | {
    readonly type: 'refuse';
    readonly key: K;
    readonly size: number;
    readonly reason: 'size' | 'pinned';
} | {
    readonly type: 'set';
    readonly key: K;
    readonly value: V;
    readonly reason: InsertReason;
} | {
    readonly type: 'evict' | 'expire' | 'delete' | 'take';
    readonly key: K;
    readonly value: V;
});
interface TierSpace {
    readonly names: readonly string[];
    readonly path: string;
}
interface TierOldValue {
    readonly value: unknown;
    readonly etag: string | undefined;
    readonly age: number | undefined;
    readonly isExpired?: boolean | undefined;
}
interface TierRequest {
    readonly space: TierSpace;
    readonly key: Key;
    readonly call: {
        readonly swr?: number | undefined;
        readonly grace?: number | undefined;
        readonly forceFresh?: boolean | undefined;
    };
    readonly old?: TierOldValue | undefined;
    readonly stale?: unknown;
    readonly lock?: TierLock | undefined;
}
interface TierLock {
    readonly lease: number;
}
interface TierRecord {
    readonly value: unknown;
    readonly options: {
        readonly ttl: number;
        readonly tags: readonly string[];
        readonly etag: string | undefined;
    };
    readonly elapsed: number;
}
interface TierAnswer {
    readonly value: unknown;
    readonly record?: TierRecord | undefined;
    keep<E extends Entry<Key, unknown>>(entry: E | null | undefined): E | null | undefined;
    isCurrent(): boolean;
}
interface SecondTier {
    attach(cache: TieredCache): TierDriver;
}
interface TierDriver {
    load(request: TierRequest, call?: (old: TierOldValue | undefined) => Promise<unknown>): Promise<TierAnswer>;
    set<E extends Entry<Key, unknown>>(space: TierSpace, entry: E, elapsed?: number): E;
    settle<E extends Entry<Key, unknown>>(space: TierSpace, entry: E): E;
    leave(space: TierSpace, key: Key, lock: TierLock): void;
    remove(space: TierSpace, key: Key, isSoft: boolean): void;
    removeTagged(space: TierSpace, tags: readonly string[], isSoft: boolean): void;
    removeWithin(space: TierSpace, isSoft: boolean): void;
    gathered(call: TierRequest['call']): Promise<void>;
    detach(): void;
}
interface TieredSpace {
    namespace(name: string): TieredSpace;
    delete(key: Key): unknown;
    deleteByTag(tag: string): unknown;
    clear(): void;
    expire(key: Key): unknown;
    expire(): unknown;
    expireByTag(tag: string): unknown;
}
interface TieredCache {
    readonly root: TieredSpace;
    readonly ttl: number;
    readonly stale: number;
    apply(change: () => void, sparesLoads: boolean): void;
}
interface Listeners<K extends Key = string, V = unknown> {
    dispose?: ((value: V, key: K, reason: DisposeReason, namespace: readonly string[]) => void) | undefined;
    onInsert?: ((value: V, key: K, reason: InsertReason, namespace: readonly string[]) => void) | undefined;
    events?: ((event: CacheEvent<K, V>) => void) | undefined;
}
interface DumpedEntry<V = unknown> {
    value: V;
    ttl?: number | undefined;
    start?: number | undefined;
    size?: number | undefined;
    tags?: string[] | undefined;
    etag?: string | undefined;
    pinned?: boolean | undefined;
    namespace?: string[] | undefined;
    uses?: number | undefined;
}
type CacheDump<K extends Key = string, V = unknown> = [
    key: K,
    entry: DumpedEntry<V>
][];
interface EntryInfo<V = unknown> {
    readonly value: V;
    readonly ttl: number;
    readonly expires: number;
    readonly remaining: number;
    readonly size: number;
    readonly tags: string[];
    readonly etag: string | undefined;
    readonly pinned: boolean;
    readonly isStale: boolean;
}
declare global {
    interface AbortSignal {
    }
}
type Signal = keyof AbortSignal extends never ? {
    readonly aborted: boolean;
    readonly reason: unknown;
    addEventListener(type: 'abort', listener: () => void): void;
    removeEventListener(type: 'abort', listener: () => void): void;
} : AbortSignal;
type CacheErrorCode = 'invalid-option' | 'invalid-argument' | 'invalid-key' | 'invalid-ttl' | 'invalid-size' | 'not-isolable' | 'disposed' | 'out-of-memory' | 'wasm-unavailable' | 'result-already-set' | 'lock-lost' | 'reentrant' | 'load-timeout' | 'load-failed-recently' | 'no-value' | 'lock-timeout' | 'not-holder' | 'callback-loop' | 'store-unavailable';
declare class CacheError extends Error {
    readonly code: CacheErrorCode;
    readonly cause?: unknown;
    readonly key?: Key | undefined;
    constructor(code: CacheErrorCode, message: string, options?: {
        readonly cause?: unknown;
        readonly key?: Key | undefined;
    });
    get name(): string;
}
interface Retry {
    times: number;
    delay?: number | undefined;
    maxDelay?: number | undefined;
    when?: ((error: unknown) => boolean) | undefined;
}
interface LoadDefaults {
    swr?: number | undefined;
    grace?: number | undefined;
    graceBackoff?: number | undefined;
    negativeBackoff?: number | undefined;
    negativeTtl?: number | undefined;
    timeout?: number | undefined;
    hardTimeout?: number | undefined;
    lease?: number | undefined;
    refreshAhead?: number | undefined;
    retry?: number | Retry | undefined;
    waitUntil?: ((promise: Promise<unknown>) => void) | undefined;
}
interface LoadOptions<K extends Key = string, V = unknown> extends LoadDefaults {
    ttl?: number | ((value: V, key: K) => number) | undefined;
    size?: number | undefined;
    tags?: readonly string[] | undefined;
    pinned?: boolean | undefined;
    cacheIf?: ((value: V, key: K) => boolean) | undefined;
    forceFresh?: boolean | undefined;
    signal?: Signal | undefined;
}
interface LoadContext<K extends Key = string, V = unknown> {
    readonly key: K;
    readonly signal: Signal;
    readonly stale: V | undefined;
    readonly value: V | undefined;
    readonly isStale: boolean;
    readonly etag: string | undefined;
    readonly age: number | undefined;
    setTtl(ttl: number): void;
    setTags(tags: readonly string[]): void;
    setEtag(etag: string): void;
    notModified(): V;
    skip(): void;
}
type Loader<K extends Key = string, V = unknown, R extends V | undefined = V | undefined> = (context: LoadContext<K, V>) => R | PromiseLike<R>;
type Loaded<V, R> = unknown extends V ? [
    R
] extends [
    never
] ? V : R : 0 extends 1 & R ? V : V | Extract<R, undefined>;
interface LoadManyContext<K extends Key = string, V = unknown> {
    readonly signal: Signal;
    readonly stale: ReadonlyMap<K, V>;
}
type LoaderOfMany<K extends Key = string, V = unknown, R extends V | undefined = V | undefined> = (keys: readonly K[], context: LoadManyContext<K, V>) => ValuesOfMany<K, R> | PromiseLike<ValuesOfMany<K, R>>;
type ValuesOfMany<K extends Key, R> = ReadonlyMap<K, R | Error> | readonly (R | Error)[];
interface LockOptions {
    signal?: Signal | undefined;
    timeout?: number | undefined;
    lease?: number | undefined;
}
interface LockDefaults {
    lease?: number | undefined;
    lockTimeout?: number | undefined;
}
interface Lockable<V = unknown> {
    get(key: Key): V | undefined | Promise<V | undefined>;
    acquire(key: Key, options?: LockOptions): CacheKeyLock<V>;
    lock(key: Key, options?: LockOptions): Promise<CacheKeyLock<V>>;
    release(key: Key): void;
}
declare class CacheKeyLock<V = unknown> {
    #private;
    get cache(): Lockable<V>;
    get key(): Key;
    get done(): boolean;
    get result(): V | undefined;
    get future(): Promise<V | undefined>;
    get parent(): CacheKeyLock<V> | undefined;
    get exception(): unknown;
    get released(): boolean;
    get token(): number;
    get signal(): Signal;
    enter(): Promise<this>;
    exit(error?: unknown): Promise<void>;
    setResult(value: V | undefined, options?: number | SetOptions): Promise<void>;
    fail(error: unknown): void;
    extend(lease: number): boolean;
    release(): void;
    [Symbol.asyncDispose](): Promise<void>;
}
type ManyEntry<K extends Key = string, V = unknown> = readonly [
    key: K,
    value: V,
    options?: SetOptions | number | undefined
] | {
    readonly key: K;
    readonly value: V;
    readonly ttl?: number | undefined;
};
declare abstract class Entries<K extends Key = string, V = unknown> {
    #private;
    get size(): number;
    get(key: K, options?: GetOptions): V | undefined;
    set(key: K, value: V | undefined, options?: SetOptions | number): this;
    has(key: K): boolean;
    peek(key: K, options?: Pick<GetOptions, 'allowStale'>): V | undefined;
    delete(key: K): boolean;
    take(key: K): V | undefined;
    clear(): void;
    getMany(keys: Iterable<K>): (V | undefined)[];
    setMany(entries: Iterable<ManyEntry<K, V>>, options?: SetOptions | number): this;
    deleteMany(keys: Iterable<K>): number;
    deleteByTag(tag: string): number;
    deleteByTags(tags: Iterable<string>): number;
    expire(): number;
    expire(key: K): boolean;
    expireByTag(tag: string): number;
    expireByTags(tags: Iterable<string>): number;
    touch(key: K, options?: Pick<SetOptions, 'ttl' | 'expires'>): boolean;
    getRemainingTTL(key: K): number;
    info(key: K): EntryInfo<V> | undefined;
    tagsOf(key: K): string[];
    keys(options?: ListOptions): Generator<K, undefined, void>;
    values(options?: ListOptions): Generator<V, undefined, void>;
    entries(options?: ListOptions): Generator<[
        K,
        V
    ], undefined, void>;
    ranked(options?: ListOptions): Generator<[
        K,
        V
    ], undefined, void>;
    [Symbol.iterator](): Generator<[
        K,
        V
    ], undefined, void>;
    forEach(callback: (value: V, key: K, cache: this) => void, thisArg?: unknown): void;
    abstract toJSON(): object;
    abstract get [Symbol.toStringTag](): string;
}
interface LiveKey<K extends Key = Key> {
    readonly key: K;
    readonly namespace: readonly string[];
    readonly kind: 'lock' | 'load';
    readonly holder: number;
    readonly age: number;
    readonly remaining: number;
    readonly waiting: number;
}
declare abstract class Keyspace<K extends Key = string, V = unknown> extends Entries<K, V> {
    #private;
    getOrInsert(key: K, value: V, options?: SetOptions | number): V;
    getOrInsertComputed<R extends V | undefined = V>(key: K, callback: (key: K) => R, options?: SetOptions | number): Loaded<V, R>;
    update(key: K, change: (value: V | undefined, key: K) => V | undefined, options?: SetOptions | number): V | undefined;
    getOrSet<R extends V | undefined = V>(key: K, loader: Loader<K, V, R>, options?: LoadOptions<K, V>): Promise<Loaded<V, R>>;
    getOrSetMany<R extends V | undefined = V>(keys: Iterable<K>, loader: LoaderOfMany<K, V, R>, options?: LoadOptions<K, V>): Promise<(Loaded<V, R> | undefined)[]>;
    refresh<R extends V | undefined = V>(key: K, loader: Loader<K, V, R>, options?: LoadOptions<K, V>): Promise<Loaded<V, R>>;
    acquire(key: K, options?: LockOptions): CacheKeyLock<V>;
    lock(key: K, options?: LockOptions): Promise<CacheKeyLock<V>>;
    withLock<T, W extends V = V>(key: K, callback: (lock: CacheKeyLock<W>) => T | PromiseLike<T>, options?: LockOptions): Promise<T>;
    release(key: K): void;
    inspect(): LiveKey<K>[];
    namespace<L extends Key = K, W extends V = V>(name: string): Namespace<L, W>;
}
declare class Namespace<K extends Key = string, V = unknown> extends Keyspace<K, V> {
    #private;
    get path(): readonly string[];
    toJSON(): object;
    get [Symbol.toStringTag](): string;
}
interface CacheOptions<K extends Key = string, V = unknown> extends Listeners<K, V>, LoadDefaults, LockDefaults {
    name?: string | undefined;
    max?: number | undefined;
    maxSize?: number | undefined;
    maxEntrySize?: number | undefined;
    sizeCalculation?: ((value: V, key: K) => number) | undefined;
    ttl?: number | undefined;
    ttlJitter?: number | undefined;
    updateAgeOnGet?: boolean | undefined;
    allowStale?: boolean | undefined;
    policy?: Policy | undefined;
    optimize?: 'hits' | 'bytes' | undefined;
    clock?: 'turn' | 'exact' | undefined;
    isolate?: 'clone' | 'freeze' | undefined;
    tier?: SecondTier | undefined;
}
interface CacheStats {
    readonly hits: number;
    readonly misses: number;
    readonly inserts: number;
    readonly updates: number;
    readonly evictions: number;
    readonly expirations: number;
    readonly deletions: number;
    readonly refusals: number;
    readonly loads: number;
    readonly joins: number;
    readonly staleServes: number;
    readonly takeovers: number;
    readonly fenced: number;
    readonly entries: number;
    readonly size: number;
    readonly max: number;
    readonly maxSize: number;
}
declare class Cache<K extends Key = string, V = unknown> extends Keyspace<K, V> {
    #private;
    constructor(options: CacheOptions<K, V>);
    get name(): string | undefined;
    clear(): void;
    purgeStale(options?: {
        all?: boolean | undefined;
    }): number;
    pop(): V | undefined;
    resize(bounds: number | Pick<CacheOptions, 'max' | 'maxSize'>): void;
    stats(): CacheStats;
    dump(): CacheDump<K, V>;
    load(entries: Iterable<readonly [
        key: K,
        entry: DumpedEntry<V>
    ]>): void;
    close(): void;
    [Symbol.dispose](): void;
    [Symbol.asyncDispose](): Promise<void>;
    toJSON(): object;
    get [Symbol.toStringTag](): string;
}
type KeyOf<A extends readonly unknown[], K> = {
    of(...args: A): K;
}['of'];
interface MemoizeOptions<A extends readonly unknown[], K extends Key = string, V = unknown> extends Omit<LoadOptions<K, V>, 'signal'> {
    cache: Keyspace<K, V>;
    key?: KeyOf<NoInfer<A>, K> | undefined;
}
declare function memoize<A extends readonly unknown[], K extends Key, V, R extends V | undefined>(fn: (...args: A) => R | PromiseLike<R>, options: MemoizeOptions<A, K, V>): (...args: A) => Promise<Loaded<V, R>>;
interface BatchOptions {
    maxWait?: number | undefined;
    max?: number | undefined;
}
declare function batch<K extends Key = string, V = unknown, R extends V | undefined = V>(loader: LoaderOfMany<K, V, R>, options?: BatchOptions): (context: LoadContext<K, V>) => Promise<R>;
interface BaseCacheOptions extends LockDefaults {
    nulls?: boolean | undefined;
}
declare abstract class BaseCache<V = unknown> {
    #private;
    constructor(options?: BaseCacheOptions);
    abstract get(key: Key): Promise<V | undefined>;
    abstract set(keys: Key | Iterable<Key>, value: V, ttl?: number): Promise<void>;
    abstract clear(key: Key): Promise<void>;
    abstract flush(): Promise<void>;
    acquire(key: Key, options?: LockOptions): CacheKeyLock<V>;
    lock(key: Key, options?: LockOptions): Promise<CacheKeyLock<V>>;
    withLock<T, W extends V = V>(key: Key, callback: (lock: CacheKeyLock<W>) => T | PromiseLike<T>, options?: LockOptions): Promise<T>;
    release(key: Key): void;
    inspect(): LiveKey[];
    close(): void;
    [Symbol.dispose](): void;
    [Symbol.asyncDispose](): Promise<void>;
    toString(): string;
}
interface InMemoryCacheOptions<V = unknown> extends Omit<CacheOptions<Key, V>, 'ttl' | Exclude<keyof LoadDefaults, 'lease'>>, LockDefaults {
    max?: number | undefined;
    ttl?: number | undefined;
}
declare class InMemoryNamespace<V = unknown> extends BaseCache<V> {
    #private;
    get size(): number;
    get(key: Key): Promise<V | undefined>;
    set(keys: Key | Iterable<Key>, value: V | undefined, options?: number | SetOptions): Promise<void>;
    clear(key: Key): Promise<void>;
    flush(): Promise<void>;
    deleteByTag(tag: string): Promise<number>;
    namespace<W extends V = V>(name: string): InMemoryNamespace<W>;
    release(key: Key): void;
    inspect(): LiveKey[];
    close(): void;
    toJSON(): object;
}
declare class InMemoryCache<V = unknown> extends InMemoryNamespace<V> {
    #private;
    constructor(options?: InMemoryCacheOptions<V>);
    stats(): CacheStats;
    dump(): CacheDump<Key, V>;
    load(entries: Iterable<readonly [
        key: Key,
        entry: DumpedEntry<V>
    ]>): void;
    close(): void;
}
declare function init(): Promise<void>;
export { BaseCache, Cache, CacheError, CacheKeyLock, type Entries, InMemoryCache, type InMemoryNamespace, type Keyspace, Namespace, batch, init, memoize };
export type { BaseCacheOptions, BatchOptions, CacheDump, CacheErrorCode, CacheEvent, CacheOptions, CacheStats, DisposeReason, DumpedEntry, Entry, EntryInfo, GetOptions, InMemoryCacheOptions, InsertReason, Key, ListOptions, Listeners, LiveKey, LoadContext, LoadDefaults, LoadManyContext, LoadOptions, Loaded, Loader, LoaderOfMany, LockDefaults, LockOptions, Lockable, ManyEntry, MemoizeOptions, Policy, Retry, SecondTier, SetOptions, TierAnswer, TierDriver, TierLock, TierOldValue, TierRecord, TierRequest, TierSpace, TieredCache, TieredSpace, ValuesOfMany };
