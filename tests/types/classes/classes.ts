// The declarations of the classes of the crate's feature `js`, as `wasm-pack build --target web` writes them.

import init, { CacheKeyLock, InMemoryCache } from '../../../target/js/web/keylatch.js';
import type {
  CacheError,
  CacheErrorCode,
  CacheStats,
  InMemoryCacheOptions,
  Key,
  LiveKey,
  LockOptions,
  SetOptions,
} from '../../../target/js/web/keylatch.js';

/** Compiles only if two types are the same: `any` is the same as nothing but itself. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function same<A, B>(_: Same<A, B>): void {}

interface Schema {
  readonly attrNames: readonly string[];
}
declare const schema: Schema;

await init();

const options: InMemoryCacheOptions<Schema> = {
  max: 1000,
  maxSize: 1_000_000,
  maxEntrySize: 1000,
  sizeCalculation: (value, key) => value.attrNames.length + String(key).length,
  ttl: 600,
  ttlJitter: 0.1,
  policy: 'sampled',
  optimize: 'bytes',
  dispose: (value, key, reason) =>
    same<[Schema, Key, 'evict' | 'expire' | 'delete' | 'set'], [typeof value, typeof key, typeof reason]>(true),
  lease: 5000,
  lockTimeout: Infinity,
};
const cache = new InMemoryCache<Schema>(options);
new InMemoryCache();
new InMemoryCache({ max: undefined });
// @ts-expect-error An unknown option.
new InMemoryCache({ swr: 5 });
// @ts-expect-error Not a number.
new InMemoryCache({ max: '5' });
// @ts-expect-error A lock is made by a cache.
new CacheKeyLock();

const found = await cache.get('schema::1');
same<Schema | undefined, typeof found>(true);
same<unknown, Awaited<ReturnType<InMemoryCache['get']>>>(true);
await cache.set('schema::1', schema);
await cache.set(['schema::1', 2], schema, 600);
await cache.set(new Set(['schema::1']), schema, { ttl: 600, size: 5, tags: ['schemas'] } satisfies SetOptions);
await cache.set('schema::1', undefined, { expires: Date.now() + 5 });
// @ts-expect-error Another type of value.
await cache.set('schema::1', 'text');
// @ts-expect-error No key.
await cache.get({});
// @ts-expect-error An option of a Cache.
await cache.set('schema::1', schema, { swr: 5 });
await cache.clear('schema::1');
await cache.flush();
same<Promise<number>, ReturnType<typeof cache.deleteByTag>>(true);
same<InMemoryCache<Schema>, ReturnType<typeof cache.namespace>>(true);
cache.release('schema::1');
const { size } = cache;
same<number, typeof size>(true);
// @ts-expect-error Read-only.
cache.size = 5;
const stats: CacheStats = cache.stats();
same<number, typeof stats.hits>(true);
const [live] = cache.inspect();
same<LiveKey | undefined, typeof live>(true);

const patience: LockOptions = { signal: AbortSignal.timeout(5), timeout: 5, lease: 5 };
const lock = cache.acquire('schema::1', patience);
same<CacheKeyLock<Schema>, typeof lock>(true);
same<CacheKeyLock<Schema>, Awaited<ReturnType<typeof lock.enter>>>(true);
same<Schema | undefined, typeof lock.result>(true);
same<Promise<Schema | undefined>, typeof lock.future>(true);
same<CacheKeyLock<Schema> | undefined, typeof lock.parent>(true);
same<InMemoryCache<Schema>, typeof lock.cache>(true);
same<Key, typeof lock.key>(true);
same<unknown, typeof lock.exception>(true);
same<[boolean, boolean, number], [typeof lock.done, typeof lock.released, typeof lock.token]>(true);
lock.signal.addEventListener('abort', () => {});
if (!lock.done) await lock.setResult(schema, { ttl: 600, tags: ['schemas'] });
same<boolean, ReturnType<typeof lock.extend>>(true);
lock.fail(new Error('the registry is down'));
await lock.exit();
lock.release();

const computed = await cache.withLock('schema::1', async (entry) => {
  if (!entry.done) await entry.setResult(schema, 600);
  return entry.result?.attrNames ?? [];
});
same<readonly string[], typeof computed>(true);
const mixed = new InMemoryCache();
same<string | undefined, Awaited<ReturnType<typeof text>>>(true);
function text() {
  return mixed.withLock('text', (entry: CacheKeyLock<string>) => entry.result);
}

async function using_() {
  await using entry = await cache.lock('schema::1', { timeout: 5 });
  using space = cache.namespace('wallet');
  return [entry.result, space.size] as const;
}
same<readonly [Schema | undefined, number], Awaited<ReturnType<typeof using_>>>(true);

export function code(error: CacheError): CacheErrorCode {
  same<Key | undefined, typeof error.key>(true);
  return error.name === 'CacheError' ? error.code : 'invalid-option';
}
