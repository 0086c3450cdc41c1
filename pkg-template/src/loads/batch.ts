// Single loads, gathered into one call of a loader for many keys.

import { deferred } from '../base/deferred.js';
import type { Deferred } from '../base/deferred.js';
import type { Key } from '../base/key.js';
import { watch } from '../base/shared-timer.js';
import type { Watcher } from '../base/shared-timer.js';
import { DURATION, SIZE_BOUND, checkFunction, readOptions } from '../base/validate.js';
import { innermost } from '../locks/reentrance.js';
import type { Frame } from '../locks/reentrance.js';
import { call, valueOf } from './many.js';
import type { LoadContext, LoaderOfMany } from './options.js';

/** How single loads are gathered. */
export interface BatchOptions {
  /**
   * For how many milliseconds a load waits for others. By default it waits for those of the same turn of the event loop,
   * and for no timer.
   */
  maxWait?: number | undefined;
  /**
   * The most keys in one call of the loader. As soon as there are as many, it is called.
   * @default Infinity
   */
  max?: number | undefined;
}

const BATCH = { maxWait: DURATION, max: SIZE_BOUND };

/**
 * How many microtasks pass after the last load before the loader is called: what other promises of the same turn lead to
 * comes a few of them later.
 */
const MICROTASKS = 8;

/** A load that waits for the others. */
interface Member<K extends Key, V> {
  readonly context: LoadContext<K, V>;
  /** Made in the request of its load, so that it goes on there. */
  readonly value: Deferred<V | undefined>;
}

/** Loads that have come together. */
interface Group<K extends Key, V> extends Watcher {
  readonly members: Member<K, V>[];
  readonly holders: Frame[];
  isOver: boolean;
}

/**
 * Makes a loader for single keys out of a loader for many: the loads that come together become one call. Each key keeps
 * a load of its own, with its lease, its callers and their signals. Call it once, and give what it returns to each
 * `getOrSet`.
 *
 * In the same turn of the event loop, loads belong to one request. With `maxWait`, loads of several requests can come
 * into one call, which runs in the request of one of them; should that request end, the others get `load-timeout` after
 * their lease.
 *
 * @param loader As for {@link Keyspace.getOrSetMany}. It gets each key once. It can be told of many keys of several
 * caches, if they share what `batch` returns.
 * @throws {CacheError} `invalid-argument`, `invalid-option`.
 * @example
 * const load = batch(async (ids, { signal }) => fetchUsers(ids, { signal }));
 * const users = await Promise.all(ids.map((id) => cache.getOrSet(id, load)));
 */
export function batch<K extends Key = string, V = unknown, R extends V | undefined = V>(
  loader: LoaderOfMany<K, V, R>,
  options?: BatchOptions,
): (context: LoadContext<K, V>) => Promise<R> {
  checkFunction(loader, 'loader');
  const { maxWait, max = Infinity } = readOptions<BatchOptions>(options, BATCH);
  let open: Group<K, V> | undefined;

  const begin = (): Group<K, V> => {
    const group: Group<K, V> = {
      members: [],
      holders: [],
      isOver: false,
      patience: maxWait ?? 0,
      look: () => void send(group),
    };
    if (maxWait === undefined) void gather(group);
    return group;
  };

  const gather = async (group: Group<K, V>): Promise<void> => {
    const { members } = group;
    for (let passed = 0, count = 0; passed < MICROTASKS; passed += 1) {
      if (members.length > count) passed = 0;
      count = members.length;
      await undefined;
    }
    await send(group);
  };

  const send = async (group: Group<K, V>): Promise<void> => {
    if (group.isOver) return;
    group.isOver = true;
    if (open === group) open = undefined;
    let { members } = group;
    if (maxWait !== undefined) {
      // Those that nobody waits for any more.
      members = members.filter(({ context: { signal }, value }) => {
        if (signal.aborted) value.reject(signal.reason);
        return !signal.aborted;
      });
      if (members.length === 0) return;
    }
    const contexts = members.map(({ context }) => context);
    try {
      const values = await call(loader, contexts, group.holders, 0);
      for (const { context, value } of members) {
        try {
          value.resolve(valueOf(values, context.key));
        } catch (error) {
          value.reject(error);
        }
      }
    } catch (error) {
      for (const { value } of members) value.reject(error);
    }
  };

  return (context) => {
    const group = (open ??= begin());
    const value = deferred<V | undefined>();
    group.members.push({ context, value });
    group.holders.push(...(innermost() ?? []));
    if (group.members.length >= max) void send(group);
    // Each load by a timer of its own request: another request may be over by then.
    else if (maxWait !== undefined) watch(group);
    return value.promise as Promise<R>;
  };
}
