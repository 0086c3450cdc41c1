// Many loads with one call of a loader.

import { deferred } from '../base/deferred.js';
import type { Deferred } from '../base/deferred.js';
import type { Key } from '../base/key.js';
import { CacheError, invalid } from '../base/errors.js';
import { innermost, runWithin } from '../locks/reentrance.js';
import type { Frame } from '../locks/reentrance.js';
import { attempt } from './attempts.js';
import type { LoadContext, LoadOptions, Loader, LoaderOfMany, ValuesOfMany } from './options.js';

/** What a loader of many keys has given. */
type Values<K extends Key, V> = Pick<ReadonlyMap<K, V>, 'get'>;

/** Loads that have come together: one call of the loader. */
interface Group<K extends Key, V> {
  readonly contexts: LoadContext<K, V>[];
  readonly holders: Frame[];
  readonly values: Deferred<Values<K, V>>;
}

/**
 * The values of many keys.
 *
 * @param gathered If there is a second tier: resolves once it has been asked for each key.
 * @param getOrSet Gets the value of one key, or loads it.
 */
export async function loadMany<K extends Key, V>(
  keys: readonly K[],
  loader: LoaderOfMany<K, V>,
  retry: LoadOptions['retry'],
  gathered: (() => Promise<void>) | undefined,
  getOrSet: (key: K, load: Loader<K, V>) => Promise<V | undefined>,
): Promise<(V | undefined)[]> {
  let open: Group<K, V> | undefined;
  const send = (): void => {
    const { contexts, holders, values } = open!;
    open = undefined;
    if (contexts.length > 0) values.resolve(call(loader, contexts, holders, retry));
  };
  const gather = (): Group<K, V> => {
    void gathered?.().then(send);
    return { contexts: [], holders: [], values: deferred() };
  };
  const load = async (context: LoadContext<K, V>): Promise<V | undefined> => {
    const isAlone = !open && !gathered;
    // With those that come late together.
    const { contexts, holders, values } = (open ??= gather());
    contexts.push(context);
    holders.push(...innermost()!);
    if (isAlone) send();
    return valueOf(await values.promise, context.key);
  };
  open = gather();
  const values = new Map<K, Promise<V | undefined>>();
  for (const key of new Set(keys)) values.set(key, getOrSet(key, load));
  if (!gathered) send();
  return Promise.all(keys.map((key) => values.get(key)!));
}

/**
 * The value of one of these keys.
 *
 * @throws An error in the place of the value.
 */
export function valueOf<K extends Key, V>(values: Values<K, V>, key: K): V | undefined {
  const value = values.get(key);
  if (value instanceof Error || /^\[object (Error|DOMException)]$/.test(brand(value))) throw value;
  return value;
}

/** Calls a loader of many keys for some loads. */
export async function call<K extends Key, V>(
  loader: LoaderOfMany<K, V>,
  contexts: readonly LoadContext<K, V>[],
  holders: readonly Frame[],
  retry: LoadOptions['retry'],
): Promise<Values<K, V>> {
  const keys = [...new Set(contexts.map(({ key }) => key))];
  const stale = new Map(contexts.flatMap(({ key, stale }) => (stale === undefined ? [] : [[key, stale] as const])));
  let signal: AbortSignal | undefined;
  const context = {
    stale,
    // Made when it is asked for: it takes a signal of each key.
    get signal() {
      return (signal ??= allOf(contexts));
    },
  };
  const load = (): ReturnType<typeof loader> => runWithin(holders, () => loader(keys, context));
  return listed(keys, await attempt(load, retry, context));
}

/** A signal that aborts when all of these have aborted. */
function allOf(contexts: readonly { readonly signal: AbortSignal }[]): AbortSignal {
  const controller = new AbortController();
  let left = contexts.length;
  for (const { signal } of contexts) {
    const onAbort = (): void => {
      left -= 1;
      if (left === 0) controller.abort(signal.reason);
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort);
  }
  return controller.signal;
}

function listed<K extends Key, V>(keys: readonly K[], given: ValuesOfMany<K, V | undefined>): Values<K, V> {
  const expected = `a Map, or a list of ${keys.length} values`;
  if (brand(given) === '[object Map]') return given as Map<K, V>;
  if (!Array.isArray(given)) throw invalid('invalid-argument', 'loader', expected, given);
  const { length } = given;
  if (length === keys.length) return new Map(keys.map((key, index) => [key, (given as V[])[index]!]));
  throw new CacheError('invalid-argument', `loader: expected ${expected}, got a list of ${length}`);
}

/** What a value is, whichever realm it comes from. */
function brand(value: unknown): string {
  return Object.prototype.toString.call(value);
}
