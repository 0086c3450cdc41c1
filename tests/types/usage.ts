// What a user's program may say, and what it may not: compiled against the types of the built package.

import {
  BaseCache,
  Cache,
  CacheError,
  CacheKeyLock,
  InMemoryCache,
  type CacheDump,
  type CacheErrorCode,
  type CacheEvent,
  type CacheOptions,
  type CacheStats,
  type DisposeReason,
  type DumpedEntry,
  type EntryInfo,
  type GetOptions,
  type InMemoryCacheOptions,
  type InsertReason,
  type Key,
  type Keyspace,
  type ListOptions,
  type LockOptions,
  type Namespace,
  type SetOptions,
} from 'keylatch';

/** Compiles only if the two types are the same. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function same<A, B>(..._proof: Same<A, B> extends true ? [] : [never]): void {}

interface Document {
  id: string;
}

const cache = new Cache<string, Document>({ max: 100 });
same<ReturnType<typeof cache.get>, Document | undefined>();
same<ReturnType<typeof cache.peek>, Document | undefined>();
same<ReturnType<typeof cache.take>, Document | undefined>();
same<ReturnType<typeof cache.set>, typeof cache>();
same<ReturnType<typeof cache.has>, boolean>();
same<ReturnType<typeof cache.delete>, boolean>();
same<ReturnType<typeof cache.getMany>, (Document | undefined)[]>();
same<ReturnType<typeof cache.dump>, CacheDump<string, Document>>();
same<ReturnType<typeof cache.stats>, CacheStats>();
same<typeof cache.size, number>();

cache.set('a', { id: 'a' }, { ttl: 5, size: 1, tags: ['t'], etag: 'e' }).set('b', undefined);
cache.setMany([['a', { id: 'a' }]]).setMany(new Map([['b', { id: 'b' }]]), { ttl: 5 });
cache.setMany([['c', { id: 'c' }, { tags: ['t'] }]]);
cache.resize(5);
cache.resize({ max: 5, maxSize: 5 });
cache.load(cache.dump());
const removed: number = cache.deleteByTag('t') + cache.deleteByTags(new Set(['t'])) + cache.deleteMany(['a']);
const aged: [boolean, number, number] = [cache.expire('a'), cache.expire(), cache.expireByTag('t')];
same<typeof aged, [boolean, number, number]>();
const purged: number = cache.purgeStale();
const touched: boolean = cache.touch('a') && cache.touch('a', { ttl: removed + purged });
for (const [key, value] of cache) same<[typeof key, typeof value], [string, Document]>();
for (const key of cache.keys()) same<typeof key, string>();
for (const value of cache.values()) same<typeof value, Document>();
cache.forEach((value, key, all) => same<[typeof value, typeof key, typeof all], [Document, string, typeof cache]>());
// A number as the third argument is the ttl, as in stores of other libraries; a moment is told by its name.
cache.set('a', { id: 'a' }, 500).set('a', { id: 'a' }, { expires: Date.now() + 500 });
cache.setMany([['a', { id: 'a' }, 500]], 100).setMany([{ key: 'a', value: { id: 'a' }, ttl: 500 }]);
same<ReturnType<typeof cache.info>, EntryInfo<Document> | undefined>();
same<ReturnType<typeof cache.tagsOf>, string[]>();
same<ReturnType<typeof cache.pop>, Document | undefined>();
for (const key of cache.keys({ allowStale: true })) same<typeof key, string>();
const updated = cache.update('a', (document, key) => (document ? { ...document, id: key } : undefined), { tags: [] });
same<typeof updated, Document | undefined>();
// @ts-expect-error the value is of another type
cache.update('a', () => 5);
for (const [key, value] of cache.ranked({ reverse: true })) same<[typeof key, typeof value], [string, Document]>();
cache.set('a', { id: 'a' }, { pinned: true });
same<NonNullable<ReturnType<typeof cache.info>>['pinned'], boolean>();
const listing: ListOptions = { allowStale: true, reverse: true };
for (const value of cache.values(listing)) same<typeof value, Document>();
same<(typeof cache)['name'], string | undefined>();
new Cache({ max: 5, name: 'documents' });
cache.purgeStale({ all: true });
cache.close();
same<Parameters<typeof cache.getOrInsert>[1], Document>();
const inserted: Document = cache.getOrInsert('a', { id: 'a' }, { ttl: 5 });
same<Document, ReturnType<typeof cache.getOrInsert>>();
const computed = cache.getOrInsertComputed('a', (key) => ({ id: key + inserted.id }), 5);
same<typeof computed, Document>();
const perhaps = cache.getOrInsertComputed('a', (key) => (key === 'a' ? undefined : computed));
same<typeof perhaps, Document | undefined>();
const anything = new Cache({ max: 5 }).getOrInsertComputed('a', () => /a/);
same<typeof anything, RegExp>();
// @ts-expect-error the value is of another type
cache.getOrInsertComputed('a', () => 5);
// Whoever wants a Map can have a cache.
const map: Map<string, Document> = cache;
const readable: ReadonlyMap<string, Document> = cache.namespace('n');
map.set('a', { id: String(readable.size) });
const copy = new Map(cache);
same<typeof copy, Map<string, Document>>();
{
  using scoped = new Cache({ max: 5 });
  same<ReturnType<typeof scoped.get>, unknown>();
}

// @ts-expect-error the value is of another type
cache.set('a', 5);
// @ts-expect-error the key is of another type
cache.get(5);
// @ts-expect-error no such option
cache.set('a', { id: 'a' }, { tll: 5 });
// @ts-expect-error options are not a string
cache.set('a', { id: 'a' }, '5');
// @ts-expect-error no such option
new Cache({ maximum: 5 });
// @ts-expect-error keys are strings and numbers
new Cache<symbol, string>({ max: 5 });
// @ts-expect-error an option has to be of its type
new Cache({ max: '5' });
// @ts-expect-error one of the choices
new Cache({ max: 5, isolate: 'copy' });

const numbers = new Cache<number, string>({ max: 5 });
numbers.set(1, 'one');
const either = new Cache<Key, string>({ max: Infinity });
either.set('a', 'a').set(1, 'b');
const nullable = new Cache<string, string | null>({ max: 5 });
nullable.set('a', null);
same<ReturnType<typeof nullable.get>, string | null | undefined>();

const users = cache.namespace('users');
same<ReturnType<typeof users.get>, Document | undefined>();
const sessions = either.namespace<string, 'on'>('sessions');
sessions.set('a', 'on');
// @ts-expect-error the namespace has a narrower type
sessions.set('a', 'off');
const path: readonly string[] = sessions.namespace('nested').path;
function both(space: Keyspace<string, Document>): Document | undefined {
  return space.get(path.join('/'));
}
both(cache);
both(users);
const named: Namespace<string, Document> = users;
// @ts-expect-error only a whole cache can be resized
named.resize(5);

const options: CacheOptions<string, Document> = {
  max: 10,
  maxSize: 100,
  maxEntrySize: 50,
  sizeCalculation: (value, key) => value.id.length + key.length,
  ttl: 5,
  ttlJitter: 0.1,
  updateAgeOnGet: true,
  allowStale: true,
  clock: 'exact',
  isolate: 'freeze',
  dispose: (value, key, reason, namespace) =>
    same<
      [typeof value, typeof key, typeof reason, typeof namespace],
      [Document, string, DisposeReason, readonly string[]]
    >(),
  onInsert: (value, key, reason) => same<[typeof value, typeof key, typeof reason], [Document, string, InsertReason]>(),
  events: (event: CacheEvent<string, Document>) => {
    if (event.type === 'set') same<typeof event.reason, InsertReason>();
    if (event.type === 'evict') same<typeof event.value, Document>();
    // @ts-expect-error a miss has no value
    if (event.type === 'miss') event.value;
  },
};
new Cache(options);

const dumped: DumpedEntry<Document> = { value: { id: 'a' }, ttl: 5, start: 0, size: 1, tags: [], namespace: [] };
const get: GetOptions = { allowStale: true, updateAgeOnGet: touched };
const set: SetOptions = { tags: ['a'] as const };
cache.load([['a', dumped]]);
cache.get('a', get);
cache.set('a', dumped.value, set);

class StorageCache extends BaseCache<string> {
  override async get(key: Key): Promise<string | undefined> {
    return localStorage.getItem(String(key)) ?? undefined;
  }
  override async set(keys: Key | Iterable<Key>, value: string, ttl?: number): Promise<void> {
    for (const key of typeof keys === 'object' ? keys : [keys]) localStorage.setItem(String(key), `${value}${ttl}`);
  }
  override async clear(key: Key): Promise<void> {
    localStorage.removeItem(String(key));
  }
  override async flush(): Promise<void> {
    localStorage.clear();
  }
}
// @ts-expect-error it is abstract
new BaseCache();

async function aries(store: BaseCache<string>): Promise<string | undefined> {
  const lockOptions: LockOptions = { signal: AbortSignal.timeout(5), timeout: 5, lease: 5 };
  await using lock = await store.lock('k', lockOptions);
  same<typeof lock, CacheKeyLock<string>>();
  if (!lock.done) await lock.setResult('v', { ttl: 60 });
  // @ts-expect-error the result is of another type
  await lock.setResult(5);
  await lock.setResult('v', 60);
  same<ReturnType<typeof lock.fail>, void>();
  same<ReturnType<BaseCache<string>['get']>, ReturnType<typeof store.get>>();
  const found: string | undefined = await lock.cache.get('k');
  if (found === undefined) lock.fail(new Error('nothing'));
  const acquired = store.acquire('k');
  same<typeof acquired.parent, CacheKeyLock<string> | undefined>();
  same<typeof acquired.future, Promise<string | undefined>>();
  same<typeof acquired.exception, unknown>();
  const [token, key, released]: [number, Key, boolean] = [acquired.token, acquired.key, acquired.extend(5)];
  acquired.signal.addEventListener('abort', () => acquired.release());
  await acquired.exit(new Error(`${token}${key}${released}`));
  const count: number = await store.withLock('k', async (held) => (held.result ?? '').length);
  return lock.result?.slice(count);
}
const ariesOptions: InMemoryCacheOptions<string> = { ttl: 60, max: 10, isolate: 'clone' };
const memory = new InMemoryCache<string>(ariesOptions);
same<ReturnType<typeof memory.get>, Promise<string | undefined>>();
void aries(memory);
void aries(new StorageCache());
const wallet = memory.namespace('alice');
same<ReturnType<typeof wallet.get>, Promise<string | undefined>>();
same<ReturnType<typeof wallet.deleteByTag>, Promise<number>>();
void aries(wallet);
void wallet.set('k', 'v', { ttl: 60, size: 1, tags: ['t'] });
memory.load(memory.dump());
memory.release('k');
cache.release('k');
memory.close();
// @ts-expect-error it has no loads
new InMemoryCache({ swr: 5 });
// @ts-expect-error an option has to be of its type
new StorageCache({ nulls: 1 });
void new InMemoryCache().set(['a', 1], { any: 'value' }, 5);

try {
  cache.get('a');
} catch (error) {
  if (error instanceof CacheError) {
    same<typeof error.code, CacheErrorCode>();
    // @ts-expect-error no such code
    if (error.code === 'nonsense') throw error;
  }
}
