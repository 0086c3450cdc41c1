/** Keys are strings and numbers. `1` and `'1'` are different keys. */
export type Key = string | number;

/** What is wrong, for programs. The npm package's `docs/errors.md` tells when each is thrown. */
export type CacheErrorCode =
  | 'invalid-option'
  | 'invalid-argument'
  | 'invalid-key'
  | 'invalid-ttl'
  | 'invalid-size'
  | 'out-of-memory'
  | 'result-already-set'
  | 'lock-lost'
  | 'lock-timeout'
  | 'not-holder'
  | 'reentrant';

/** What the classes throw of their own accord. An `Error` with a code, to be known by its `name`. */
export interface CacheError extends Error {
  readonly name: 'CacheError';
  readonly code: CacheErrorCode;
  /** The key of the lock that it is about. */
  readonly key?: Key;
}

/** The options of an `InMemoryCache`. Its `ttl` is in seconds; the durations of locks are in milliseconds. */
export interface InMemoryCacheOptions<V = unknown> {
  /**
   * The most entries, from 1 to 8,388,608; `Infinity` means that many.
   * @default 10000, or `Infinity` with `maxSize`
   */
  max?: number | undefined;
  /** The most that all entries may take together, in the unit of their sizes. */
  maxSize?: number | undefined;
  /**
   * The most that one entry may take. A larger one isn't stored, and the key's old entry is removed.
   * @default maxSize
   */
  maxEntrySize?: number | undefined;
  /**
   * Measures an entry that is set without a `size`. The result is rounded up to a whole number; 0 counts as 1. If it
   * throws, nothing changes, and the caller gets the error.
   */
  sizeCalculation?: ((value: V, key: Key) => number) | undefined;
  /**
   * The ttl of values that are set without one, in seconds. 0 and `Infinity` both mean that they never expire.
   * @default Infinity
   */
  ttl?: number | undefined;
  /**
   * Shortens each entry's life at random, by at most this share of it (from 0 to 1), so that entries that were stored
   * together don't expire together.
   * @default 0
   */
  ttlJitter?: number | undefined;
  /**
   * Which entry to evict.
   * @default 'sampled' with `maxSize`, else 'tinylfu'
   */
  policy?: 'tinylfu' | 'lru' | 'sampled' | undefined;
  /**
   * What `'sampled'` saves: requests, or the bytes to load again.
   * @default 'hits'
   */
  optimize?: 'hits' | 'bytes' | undefined;
  /** Called for each value that has left, and may use the cache. What it throws is reported as an uncaught error. */
  dispose?: ((value: V, key: Key, reason: 'evict' | 'expire' | 'delete' | 'set') => void) | undefined;
  /**
   * How long a holder may keep a key before another one may take over, in milliseconds.
   * @default 30000
   */
  lease?: number | undefined;
  /**
   * How long a lock waits for its turn, in milliseconds.
   * @default Infinity
   */
  lockTimeout?: number | undefined;
}

/** How to store a value. */
export interface SetOptions {
  /** How long it lives, in seconds; fractions count. 0 and `Infinity` both mean that it never expires. */
  ttl?: number | undefined;
  /** When it expires, in milliseconds since 1970 like `Date.now()`; instead of `ttl`. */
  expires?: number | undefined;
  /** How much of `maxSize` the entry takes; instead of `sizeCalculation`. */
  size?: number | undefined;
  /** Names by which `deleteByTag` finds the entry. */
  tags?: Iterable<string> | undefined;
}

/** How to take a lock. Durations are in milliseconds. */
export interface LockOptions {
  /** Ends this lock's wait when it aborts, with its reason. The holder and other waiters don't notice. */
  signal?: AbortSignal | undefined;
  /**
   * Ends this lock's wait after so many milliseconds, with `lock-timeout`.
   * @default the cache's `lockTimeout`
   */
  timeout?: number | undefined;
  /**
   * How long this lock may hold its key, counted from its turn, before another one may take over.
   * @default the cache's `lease`
   */
  lease?: number | undefined;
}

/** What a cache has counted, namespaces included. */
export interface CacheStats {
  readonly hits: number;
  readonly misses: number;
  /** Values stored under keys that had none. */
  readonly inserts: number;
  /** Values stored over others. */
  readonly updates: number;
  readonly evictions: number;
  readonly expirations: number;
  readonly deletions: number;
  /** Values that were not stored: too large, or no memory. */
  readonly refusals: number;
  /** Loaders that the Rust program has called. */
  readonly loads: number;
  /** Its callers that waited for another one's load. */
  readonly joins: number;
  /** Expired values that its loads have served. */
  readonly staleServes: number;
  /** Turns that were taken from those who held them. */
  readonly takeovers: number;
  /** Results that came too late to be stored. */
  readonly fenced: number;
  /** The entries that are there. */
  readonly entries: number;
  /** Their size; 0 in a cache without a bound for sizes. */
  readonly size: number;
  /** The bound for `entries`. */
  readonly max: number;
  /** The bound for `size`. */
  readonly maxSize: number;
}

/** A key that is locked, or loaded by the Rust program. Durations are in milliseconds. */
export interface LiveKey {
  readonly key: Key;
  /** The names on the way to its namespace. */
  readonly namespace: readonly string[];
  /** Whether a lock or a load has it. */
  readonly kind: 'lock' | 'load';
  /** The number of the holder's turn; 0 if nobody has the turn. */
  readonly holder: number;
  /** How much of the holder's lease is left. */
  readonly remaining: number;
  /** How many callers wait for their turn or for the value. */
  readonly waiting: number;
}

/**
 * ACA-Py's cache in memory, made by the Rust program or by its JavaScript. Values are kept by reference; `null` is a
 * value, `undefined` a miss.
 */
export class InMemoryCache<V = unknown> {
  /** @throws {CacheError} `invalid-option`, `invalid-ttl`. */
  constructor(options?: InMemoryCacheOptions<V>);
  /** How many values there are, including expired ones that are still there. */
  readonly size: number;
  /** The value of a key, or `undefined` if there is none. */
  get(key: Key): Promise<V | undefined>;
  /**
   * Stores a value under one key or under many. They expire together. `undefined` removes.
   *
   * @param options How long it lives, in seconds; or an object.
   */
  set(keys: Key | Iterable<Key>, value: V | undefined, options?: number | SetOptions): Promise<void>;
  /** Removes the value of a key, if there is one. */
  clear(key: Key): Promise<void>;
  /** Removes every value; those of nested namespaces too. */
  flush(): Promise<void>;
  /** Removes the values that carry a tag; in nested namespaces too. Returns how many there were. */
  deleteByTag(tag: string): Promise<number>;
  /** The part of the cache with this name: keys and locks of its own, and the bounds of the whole. */
  namespace<W extends V = V>(name: string): InMemoryCache<W>;
  /**
   * Takes a lock on a key, without waiting. The lock has its place from now on; `enter` waits for its turn.
   *
   * @throws {CacheError} `invalid-key`, `invalid-option`, `out-of-memory`.
   */
  acquire(key: Key, options?: LockOptions): CacheKeyLock<V>;
  /** Takes a lock on a key, and waits for its turn or for the holder's result. Leave it with `await using` or `exit`. */
  lock(key: Key, options?: LockOptions): Promise<CacheKeyLock<V>>;
  /** Runs a callback with a lock on a key, and leaves the lock on every path. Returns what the callback returns. */
  withLock<T, W extends V = V>(
    key: Key,
    callback: (lock: CacheKeyLock<W>) => T | PromiseLike<T>,
    options?: LockOptions,
  ): Promise<T>;
  /** Takes the turn from whoever holds a key. The first waiter gets it, and the old holder's result is refused. */
  release(key: Key): void;
  /** The keys that are locked at the moment, those of nested namespaces included. */
  inspect(): LiveKey[];
  /** What was counted. */
  stats(): CacheStats;
  /** `<InMemoryCache>` */
  toString(): string;
  /** Gives this object back. The cache goes on as long as the program or another object has it. */
  free(): void;
  /** The same, for `using`. */
  [Symbol.dispose](): void;
}

/** A lock on a key: one caller computes the key's value while the others wait for it. Made by an `InMemoryCache`. */
export class CacheKeyLock<V = unknown> {
  private constructor();
  /** The cache, or the namespace, whose key it locks. Another object each time. */
  readonly cache: InMemoryCache<V>;
  readonly key: Key;
  /** Whether the lock has a result, or has ended without one. */
  readonly done: boolean;
  /** The result; `undefined` as long as there is none. */
  readonly result: V | undefined;
  /** Resolves with the result, or with `undefined` when the lock ends without one. Never rejects. */
  readonly future: Promise<V | undefined>;
  /** The lock that held the key when this one was acquired, as long as somebody refers to it. */
  readonly parent: CacheKeyLock<V> | undefined;
  /** The error that `exit` or `fail` was given, or that the callback of `withLock` has thrown. */
  readonly exception: unknown;
  /** Whether the lock was given back. */
  readonly released: boolean;
  /** The number of this lock's turn; 0 if it had none. It grows with each holder of the key. */
  readonly token: number;
  /** Aborts when the lock loses its turn: its lease has ended and another lock takes over, or by `release(key)`. */
  readonly signal: AbortSignal;
  /**
   * Waits for this lock's turn, or for the holder's result. Returns this lock: if it is not `done`, its caller computes
   * the value.
   */
  enter(): Promise<this>;
  /** Leaves the lock. Without a result, the turn goes to the next in line. */
  exit(error?: unknown): Promise<void>;
  /** Hands the result to all waiters, and stores it, unless the key was changed meanwhile. `undefined` is no result. */
  setResult(value: V | undefined, options?: number | SetOptions): Promise<void>;
  /** Leaves the lock, and rejects all waiters with the same error at once. */
  fail(error: unknown): void;
  /** Starts the lease again, of so many milliseconds. Returns whether it is still this lock's turn. */
  extend(lease: number): boolean;
  /** Gives the lock back. A second time, nothing happens. */
  release(): void;
  /** Lets the memory of this object go, and the lock with it, unless somebody else has it. */
  free(): void;
  /** The same as `release`, for `using`. */
  [Symbol.dispose](): void;
  /** The same as `exit`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}
