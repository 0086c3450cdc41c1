// A function whose results are cached.

import { invalid } from '../base/errors.js';
import type { Key } from '../base/key.js';
import { FUNCTION, OBJECT, check, checkFunction, isKey, readOptions } from '../base/validate.js';
import type { Rules } from '../base/validate.js';
import { LOAD } from '../loads/options.js';
import type { LoadOptions, Loaded } from '../loads/options.js';
import type { Keyspace } from './keyspace.js';

/** Makes a key from arguments. The type of a method, because TypeScript gives optional arguments as required ones. */
type KeyOf<A extends readonly unknown[], K> = { of(...args: A): K }['of'];

/** How a function is memoized: where, by which key, and the options of each load. */
export interface MemoizeOptions<A extends readonly unknown[], K extends Key = string, V = unknown> extends Omit<
  LoadOptions<K, V>,
  'signal'
> {
  /** A cache or a namespace. Functions that share one share the values of equal keys: give each a namespace of its own. */
  cache: Keyspace<K, V>;
  /**
   * Makes the key of a call from its arguments.
   * @default the only argument, which has to be a string or a number
   */
  key?: KeyOf<NoInfer<A>, K> | undefined;
}

const MEMOIZE: Rules<MemoizeOptions<never, never>> = {
  ...LOAD,
  cache: ['a Cache or a Namespace', (value) => FUNCTION[1]((value as Partial<Keyspace> | null)?.getOrSet)],
  key: FUNCTION,
};

/**
 * A function that does what another does, and keeps the results in a cache: by the loads of
 * {@link Keyspace.getOrSet}, so that calls with the same key share one, and a result that fails isn't kept. To forget a
 * result, delete its key from the cache.
 *
 * @param fn What is called for a key that isn't there, with the arguments and `this` of the call.
 * @returns A function that returns a promise. It rejects with `invalid-key` if the arguments give no key, and as `getOrSet`
 * does.
 * @throws {CacheError} `invalid-argument`, `invalid-option`, `invalid-ttl`, `invalid-size`.
 * @example
 * const schema = memoize(fetchSchema, { cache: cache.namespace('schemas'), ttl: 60_000 });
 * const page = memoize(fetchPage, { cache: pages, key: (site, number) => `${site} ${number}` });
 * await schema('schema::1');
 */
export function memoize<A extends readonly unknown[], K extends Key, V, R extends V | undefined>(
  fn: (...args: A) => R | PromiseLike<R>,
  options: MemoizeOptions<A, K, V>,
): (...args: A) => Promise<Loaded<V, R>> {
  checkFunction(fn, 'fn');
  check(options, 'options', OBJECT);
  const {
    cache,
    key = only,
    ...call
  } = readOptions<MemoizeOptions<A, K, V>>(options, MEMOIZE as unknown as Rules<MemoizeOptions<A, K, V>>);
  check(cache, 'cache', MEMOIZE.cache);
  return function (this: unknown, ...args: A): Promise<Loaded<V, R>> {
    try {
      return cache.getOrSet<R>(key(...args), () => Reflect.apply(fn, this, args), call);
    } catch (error) {
      return Promise.reject(error as Error);
    }
  };
}

/** The only argument. */
function only<K>(...args: readonly unknown[]): K {
  if (args.length === 1 && isKey(args[0])) return args[0] as K;
  const expected = 'one string or number; for other arguments, the option `key`';
  throw invalid('invalid-key', 'arguments', expected, args.length === 1 ? args[0] : args);
}
