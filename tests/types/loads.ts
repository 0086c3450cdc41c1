// Locks and loads of a cache, as programs use them: compiled against the types of the built package.

import {
  Cache,
  batch,
  memoize,
  type CacheEvent,
  type CacheKeyLock,
  type LiveKey,
  type LoadContext,
  type LoadOptions,
  type Loader,
  type LoaderOfMany,
  type LockDefaults,
  type Retry,
} from 'keylatch';

/** Compiles only if the two types are the same. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function same<A, B>(..._proof: Same<A, B> extends true ? [] : [never]): void {}

interface Document {
  id: string;
}

const locking: LockDefaults = { lease: 5, lockTimeout: 5 };
const retry: Retry = { times: 2, delay: 5, maxDelay: 10, when: (error) => error instanceof Error };
const cache = new Cache<string, Document>({ max: 5, swr: 5, grace: 5, refreshAhead: 0.5, retry, ...locking });

async function loads(signal: AbortSignal): Promise<void> {
  const always = await cache.getOrSet('a', async ({ key }) => ({ id: key }));
  same<typeof always, Document>();
  const perhaps = await cache.getOrSet('a', () => (Math.random() < 0.5 ? { id: 'a' } : undefined));
  same<typeof perhaps, Document | undefined>();
  const forced = await cache.refresh('a', () => ({ id: 'a' }), { signal });
  same<typeof forced, Document>();
  const options: LoadOptions<string, Document> = {
    ttl: (value, key) => value.id.length + key.length,
    tags: ['t'],
    size: 1,
    cacheIf: (value) => value.id !== '',
    forceFresh: false,
    waitUntil: (promise) => void promise.then(),
    graceBackoff: 5,
    negativeBackoff: 5,
    negativeTtl: 5,
    timeout: 5,
    hardTimeout: 5,
    retry: 3,
    signal,
  };
  const loader: Loader<string, Document> = (context) => {
    same<typeof context, LoadContext<string, Document>>();
    same<typeof context.stale, Document | undefined>();
    context.setTtl(5);
    context.setTags(['t']);
    context.setEtag('e');
    same<typeof context.value, Document | undefined>();
    same<typeof context.etag, string | undefined>();
    same<typeof context.age, number | undefined>();
    same<typeof context.isStale, boolean>();
    same<ReturnType<typeof context.notModified>, Document>();
    context.skip();
    return { id: context.key };
  };
  same<Awaited<ReturnType<typeof loader>>, Document | undefined>();
  await cache.getOrSet('a', loader, options);
  // @ts-expect-error the value is of another type
  await cache.getOrSet('a', () => 5);
  // @ts-expect-error no such option
  await cache.getOrSet('a', loader, { tll: 5 });
  // @ts-expect-error the key is of another type
  await cache.getOrSet(5, loader);

  const ofMany: LoaderOfMany<string, Document> = (keys, { stale }) =>
    new Map(keys.map((key) => [key, stale.get(key) ?? { id: key }]));
  const many = await cache.getOrSetMany(new Set(['a', 'b']), ofMany, options);
  same<typeof many, (Document | undefined)[]>();
  await cache.namespace('users').getOrSetMany(['a'], (keys) => keys.map((id) => ({ id })));
}

async function locks(): Promise<number> {
  await using lock = await cache.lock('a', { timeout: 5 });
  same<typeof lock, CacheKeyLock<Document>>();
  await lock.setResult({ id: 'a' }, { ttl: 5, tags: ['t'] });
  cache.namespace('users').acquire('a').release();
  const live: LiveKey<string>[] = cache.inspect();
  return cache.withLock('a', ({ token }) => token + live.length);
}

new Cache({
  max: 5,
  events: (event: CacheEvent) => {
    if (event.type === 'fail') same<typeof event.error, unknown>();
    // @ts-expect-error a load has no value yet
    if (event.type === 'load') event.value;
  },
});
void loads(AbortSignal.timeout(5)).then(locks);

// Single loads gathered into one call.
{
  const users = new Cache<number, { name: string }>({ max: 5 });
  const load = batch(async (ids: readonly number[], { signal, stale }) => {
    same<typeof signal, AbortSignal>();
    same<typeof stale, ReadonlyMap<number, unknown>>();
    return ids.map((id) => (id < 0 ? new Error('no such user') : { name: String(id) }));
  });
  const loaded = users.getOrSet(5, load);
  same<typeof loaded, Promise<{ name: string }>>();
  const some = batch<number, { name: string }, { name: string } | undefined>(() => new Map(), { max: 100, maxWait: 5 });
  const perhaps = users.getOrSet(5, some);
  same<typeof perhaps, Promise<{ name: string } | undefined>>();
  const named = batch(async (ids: readonly string[]) => ids.map((name) => ({ name })));
  // @ts-expect-error the keys are of another type
  users.getOrSet(5, named);
  const numbers = batch(async (ids: readonly number[]) => [...ids]);
  // @ts-expect-error the values are of another type
  users.getOrSet(5, numbers);
  // @ts-expect-error no such option
  batch(() => [], { wait: 5 });
}

// Functions whose results are cached.
{
  const users = new Cache<number, { name: string }>({ max: 5 });
  const user = memoize(async (id: number) => ({ name: String(id) }), { cache: users, ttl: 5, lease: 50 });
  same<typeof user, (id: number) => Promise<{ name: string }>>();
  const pages = new Cache<string, string>({ max: 5 }).namespace('pages');
  const page = memoize((site: URL, number?: number) => (number ? `${site} ${number}` : undefined), {
    cache: pages,
    key: (site, number) => `${site.href} ${number ?? 0}`,
  });
  same<typeof page, (site: URL, number?: number) => Promise<string | undefined>>();
  const store = new Cache({ max: 5 });
  const anything = memoize((id: string) => [id], { cache: store });
  same<typeof anything, (id: string) => Promise<string[]>>();
  // @ts-expect-error the cache has values of another type
  memoize((id: number) => id, { cache: users });
  // @ts-expect-error the cache has keys of another type
  memoize((id: number) => ({ name: String(id) }), { cache: users, key: (id) => String(id) });
  // @ts-expect-error it needs a cache
  memoize((id: number) => id, {});
  // @ts-expect-error each call has its own callers
  memoize(async (id: number) => ({ name: String(id) }), { cache: users, signal: AbortSignal.timeout(5) });
}
