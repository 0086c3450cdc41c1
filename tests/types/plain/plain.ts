// A program without the declarations of browsers or of Node, with ES2021 only: all that the package exports is readable, and
// what it takes from the platform has a shape.

import { BaseCache, Cache, CacheError, InMemoryCache, type CacheKeyLock, type Key, type LoadOptions } from 'keylatch';
import * as slim from 'keylatch/slim';

/** What a program without declarations says of the signals that it has. */
declare const signal: {
  readonly aborted: boolean;
  readonly reason: unknown;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
};
declare const response: { readonly status: number; arrayBuffer(): Promise<ArrayBuffer> };

const cache = new Cache<string, number>({ max: 5 });
const options: LoadOptions<string, number> = { signal, ttl: undefined };

export async function run(lock: CacheKeyLock<number>): Promise<number> {
  lock.signal.addEventListener('abort', () => lock.release());
  const value = await cache.getOrSet('a', async (context) => (context.signal.aborted ? 1 : 2), options);
  await cache.getOrSetMany(['a'], (keys, context) => keys.map(() => (context.signal.reason === undefined ? 1 : 2)));
  await cache.lock('a', { signal });
  {
    using scoped = new Cache<string, string>({ max: 1 });
    scoped.set('a', 'a');
  }
  await using held = await cache.lock('b');
  // @ts-expect-error a signal has more
  await cache.lock('a', { signal: {} });
  return value + (held.result ?? 0);
}

export async function start(): Promise<void> {
  await slim.init(response);
  await slim.init(Promise.resolve(response));
  await slim.init(new ArrayBuffer(8));
  await slim.init(new Uint8Array(8).subarray(1));
  slim.initSync(new DataView(new ArrayBuffer(8)));
  // @ts-expect-error an address is no module
  await slim.init('/cache.wasm');
  // @ts-expect-error nothing waits for a response here
  slim.initSync(response);
  // @ts-expect-error nothing waits for a promise here
  slim.initSync(Promise.resolve(new ArrayBuffer(8)));
}

export class Store extends BaseCache<string> {
  readonly #values = new Map<Key, string>();
  override async get(key: Key): Promise<string | undefined> {
    return this.#values.get(key);
  }
  override async set(keys: Key | Iterable<Key>, value: string): Promise<void> {
    for (const key of typeof keys === 'object' ? keys : [keys]) this.#values.set(key, value);
  }
  override async clear(key: Key): Promise<void> {
    this.#values.delete(key);
  }
  override async flush(): Promise<void> {
    this.#values.clear();
  }
}

export class Failure extends CacheError {
  constructor(readonly status: number) {
    super('disposed', 'failed', { cause: status });
  }
}

export function causeOf(error: unknown): unknown {
  if (error instanceof Failure) return error.status;
  return error instanceof CacheError ? [error.cause, error.code, error.message] : undefined;
}

export const memory: BaseCache<string> = Math.random() < 0.5 ? new InMemoryCache<string>() : new Store();
