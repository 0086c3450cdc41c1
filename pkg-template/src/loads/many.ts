// Many loads with one call of a loader.

import type { Key } from '../cache/key.js';
import { unfit } from '../errors.js';
import { innermost, runWithin } from '../locks/reentrance.js';
import type { Frame } from '../locks/reentrance.js';
import { attempt } from './attempts.js';
import type { LoadContext, LoadOptions, Loader, LoaderOfMany, ValuesOfMany } from './options.js';

/** The keys of one call of the loader, as long as it was not called, and then its values. */
class Batch<K extends Key, V> {
  readonly #call: (contexts: readonly LoadContext<K, V>[]) => Promise<Map<K, V>>;
  readonly #holders: Frame[] = [];
  readonly #contexts: LoadContext<K, V>[] = [];
  #values: Promise<Map<K, V>> | undefined;
  #begin!: (values: Promise<Map<K, V>>) => void;
  readonly #begun = new Promise<Map<K, V>>((resolve) => (this.#begin = resolve));

  constructor(loader: LoaderOfMany<K, V>, retry: LoadOptions['retry']) {
    this.#call = (contexts) => call(loader, contexts, retry);
  }

  /** Loads the value of a key: with the others, or alone if they are on their way already. */
  async load(context: LoadContext<K, V>): Promise<V | undefined> {
    if (this.#values !== undefined) return (await this.#call([context])).get(context.key);
    this.#contexts.push(context);
    this.#holders.push(...innermost()!);
    return (await this.#begun).get(context.key);
  }

  /** Calls the loader for the keys that have come together. */
  start(): void {
    this.#values =
      this.#contexts.length === 0
        ? Promise.resolve(new Map())
        : runWithin(this.#holders, () => this.#call(this.#contexts));
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
  retry: LoadOptions['retry'],
): Promise<Map<K, V>> {
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
  return listed(keys, await attempt(() => loader(keys, context), retry, context));
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

function listed<K extends Key, V>(keys: readonly K[], given: ValuesOfMany<K, V>): Map<K, V> {
  if (given instanceof Map) return given as Map<K, V>;
  if (Array.isArray(given) && given.length === keys.length) {
    return new Map(keys.map((key, index) => [key, (given as V[])[index]!]));
  }
  throw unfit('invalid-argument', 'loader', `a Map, or a list of ${keys.length} values`, given);
}
