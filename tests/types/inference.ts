// What loads and locks infer: a value that is usable where the cache's type is expected, whatever the loader's type is.

import { Cache, InMemoryCache, type CacheKeyLock, type Key, type Keyspace, type LoadOptions } from 'keylatch';

/** Compiles only if the two types are the same. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function same<A, B>(..._proof: Same<A, B> extends true ? [] : [never]): void {}

interface Doc {
  id: string;
}
interface Cat {
  kind: 'cat';
}
interface Dog {
  kind: 'dog';
}
declare const json: () => Promise<any>;
declare const unknown: () => Promise<unknown>;
declare const doc: Doc;
declare const perhaps: Doc | undefined;
declare const cat: Cat;

async function typed(cache: Cache<string, Doc>): Promise<void> {
  // A loader that returns `any`, as `response.json()` does.
  const parsed = await cache.getOrSet('a', async () => (await fetch('/a')).json());
  same<typeof parsed, Doc>();
  const direct: Doc = await cache.getOrSet('a', json);
  const later: Doc = await cache.refresh('a', json);
  same<typeof direct, typeof later>();
  const sync = await cache.getOrSet('a', () => JSON.parse('{}'));
  same<typeof sync, Doc>();

  const always = await cache.getOrSet('a', () => doc);
  same<typeof always, Doc>();
  const maybe = await cache.getOrSet('a', async () => perhaps);
  same<typeof maybe, Doc | undefined>();
  const nothing = await cache.getOrSet('a', () => undefined);
  same<typeof nothing, Doc | undefined>();
  const either = await cache.getOrSet('a', () => (Math.random() < 0.5 ? doc : Promise.resolve(perhaps)));
  same<typeof either, Doc | undefined>();
  const more = await cache.getOrSet('a', async () => ({ id: 'a', more: 1 }));
  same<typeof more, Doc>();
  const never = await cache.getOrSet('a', () => Promise.reject(new Error('none')));
  same<typeof never, Doc>();
  // @ts-expect-error it may be anything
  await cache.getOrSet('a', unknown);
  // @ts-expect-error it has no id
  await cache.getOrSet('a', async () => ({ name: 'a' }));

  const many = await cache.getOrSetMany(['a'], async (keys) => new Map(keys.map((id) => [id, { id }])));
  same<typeof many, (Doc | undefined)[]>();
  const listed = await cache.getOrSetMany(['a'], async (keys) => keys.map(() => perhaps));
  same<typeof listed, (Doc | undefined)[]>();
  const parsedMany = await cache.getOrSetMany(['a'], json);
  same<typeof parsedMany, (Doc | undefined)[]>();
  // @ts-expect-error they have no id
  await cache.getOrSetMany(['a'], async (keys) => keys.map(() => ({ name: 'a' })));

  const locked = await cache.withLock('a', async (lock) => lock.result ?? doc);
  same<typeof locked, Doc>();
  const parsedLocked: Doc = await cache.withLock('a', json);
  const inNamespace = await cache.namespace('b').getOrSet('a', json);
  same<[typeof inNamespace, typeof parsedLocked], [Doc, Doc]>();
}

async function union(cache: Cache<string, Cat | Dog | null>): Promise<void> {
  const one = await cache.getOrSet('a', () => cat);
  same<typeof one, Cat | Dog | null>();
  const promised = await cache.getOrSet('a', async (): Promise<Cat | Dog> => cat);
  same<typeof promised, Cat | Dog | null>();
  const none = await cache.getOrSet('a', async (): Promise<Cat | null | undefined> => null);
  same<typeof none, Cat | Dog | null | undefined>();
}

async function untyped(): Promise<void> {
  const cache = new Cache({ max: 5 });
  const loaded = await cache.getOrSet('a', async () => doc);
  same<typeof loaded, Doc>();
  const maybe = await cache.getOrSet('a', () => perhaps);
  same<typeof maybe, Doc | undefined>();
  const parsed: Doc = await cache.getOrSet('a', json);
  const anything = await cache.getOrSet('a', unknown);
  same<typeof anything, unknown>();
  const never = await cache.getOrSet('a', () => Promise.reject(new Error('none')));
  same<typeof never, unknown>();
  const anew = await cache.refresh('a', () => parsed.id);
  same<typeof anew, string>();
  const many = await cache.getOrSetMany(['a'], async (keys) => keys.map(() => doc));
  same<typeof many, (Doc | undefined)[]>();
  const mapped = await cache.getOrSetMany(['a'], (keys) => new Map(keys.map((key) => [key, key.length])));
  same<typeof mapped, (number | undefined)[]>();
  const inNamespace = await cache.namespace('b').getOrSet('a', () => doc);
  same<typeof inNamespace, Doc>();
  const typedNamespace = await cache.namespace<Key, Doc>('b').getOrSet(1, json);
  same<typeof typedNamespace, Doc>();
  const locked = await cache.withLock('a', async (lock: CacheKeyLock<Doc>) => lock.result?.id);
  same<typeof locked, string | undefined>();
  const unlocked = await cache.withLock('a', (lock) => lock.result);
  same<typeof unlocked, unknown>();
  const inAries = await new InMemoryCache().withLock('a', (lock: CacheKeyLock<Doc>) => lock.result);
  same<typeof inAries, Doc | undefined>();
}

/** Functions of one's own around a cache of any type. */
async function cached<T>(
  cache: Keyspace<string, T>,
  key: string,
  load: () => Promise<T>,
  options?: LoadOptions<string, T>,
): Promise<T> {
  return cache.getOrSet(key, load, options);
}
async function refreshed<K extends Key, T extends object>(cache: Cache<K, T>, key: K, load: () => T): Promise<T> {
  const value: T = await cache.refresh(key, () => load());
  return value;
}
async function found<T>(cache: Cache<string, T>, key: string, load: () => T | undefined): Promise<T | undefined> {
  return cache.getOrSet(key, load);
}
function memoized<A extends string, T>(compute: (argument: A) => Promise<T>): (argument: A) => Promise<T> {
  const cache = new Cache<A, T>({ max: 5 });
  return (argument) => cache.getOrSet(argument, ({ key }) => compute(key));
}

class Repository<T extends Doc> {
  readonly #cache = new Cache<string, T>({ max: 5 });
  constructor(readonly load: (id: string) => Promise<T>) {}
  get(id: string): Promise<T> {
    return this.#cache.getOrSet(id, () => this.load(id));
  }
  getMany(ids: string[]): Promise<(T | undefined)[]> {
    return this.#cache.getOrSetMany(ids, (keys) => Promise.all(keys.map(this.load)));
  }
}

const docs = new Cache<string, Doc>({ max: 5 });
void typed(docs).then(untyped);
void union(new Cache({ max: 5 }));
void cached(docs, 'a', json).then(({ id }) => refreshed(docs, id, () => doc));
void found(docs, 'a', () => perhaps).then((value) => memoized(async (key: string) => key.length)(value?.id ?? 'a'));
void new Repository(async (id) => ({ id })).getMany(['a']).then(([first]) => first?.id);
