// Many loads with one call of a loader.

import type { Key } from '../base/key.js';
import { CacheError, invalid } from '../base/errors.js';
import { innermost, runWithin } from '../locks/reentrance.js';
import type { Frame } from '../locks/reentrance.js';
import { attempt } from './attempts.js';
import type { LoadContext, LoadOptions, Loader, LoaderOfMany, ValuesOfMany } from './options.js';

/** What a loader of many keys has given. */
type Values<K extends Key, V> = Pick<ReadonlyMap<K, V>, 'get'>;

/** The keys of one call of the loader, as long as it was not called, and then its values. */
class Batch<K extends Key, V> {
  readonly #call: (contexts: readonly LoadContext<K, V>[], holders: readonly Frame[]) => Promise<Values<K, V>>;
  readonly #holders: Frame[] = [];
  readonly #contexts: LoadContext<K, V>[] = [];
  #values: Promise<Values<K, V>> | undefined;
  #begin!: (values: Promise<Values<K, V>>) => void;
  readonly #begun = new Promise<Values<K, V>>((resolve) => (this.#begin = resolve));

  constructor(loader: LoaderOfMany<K, V>, retry: LoadOptions['retry']) {
    this.#call = (contexts, holders) => call(loader, contexts, holders, retry);
  }

  /** Loads the value of a key: with the others, or alone if they are on their way already. */
  async load(context: LoadContext<K, V>): Promise<V | undefined> {
    const holders = innermost()!;
    if (this.#values === undefined) {
      this.#contexts.push(context);
      this.#holders.push(...holders);
    }
    const values = this.#values === undefined ? this.#begun : this.#call([context], holders);
    const value = (await values).get(context.key);
    if (value instanceof Error || /^\[object (Error|DOMException)]$/.test(brand(value))) throw value;
    return value;
  }

  /** Calls the loader for the keys that have come together. */
  start(): void {
    this.#values =
      this.#contexts.length === 0 ? Promise.resolve(new Map<K, V>()) : this.#call(this.#contexts, this.#holders);
    this.#begin(this.#values);
  }
}

/**
 * The values of many keys.
 *
 * @param getOrSet Gets the value of one key, or loads it.
 */
export async function loadMany<K extends Key, V>(
  keys: readonly K[],
  loader: LoaderOfMany<K, V>,
  retry: LoadOptions['retry'],
  getOrSet: (key: K, load: Loader<K, V>) => Promise<V | undefined>,
): Promise<(V | undefined)[]> {
  const batch = new Batch(loader, retry);
  const values = new Map<K, Promise<V | undefined>>();
  for (const key of keys)
    if (!values.has(key))
      values.set(
        key,
        getOrSet(key, (context) => batch.load(context)),
      );
  batch.start();
  return Promise.all(keys.map((key) => values.get(key)!));
}

async function call<K extends Key, V>(
  loader: LoaderOfMany<K, V>,
  contexts: readonly LoadContext<K, V>[],
  holders: readonly Frame[],
  retry: LoadOptions['retry'],
): Promise<Values<K, V>> {
  const keys = contexts.map(({ key }) => key);
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
