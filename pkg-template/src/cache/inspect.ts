// What is going on in a cache at the moment.

import { namesOf } from '../store/spaces.js';
import type { Key } from '../base/key.js';
import { elapsed } from '../base/elapsed.js';
import type { KeyLocks } from '../locks/key-locks.js';

/** A key that is locked or loaded. Durations are in milliseconds. */
export interface LiveKey<K extends Key = Key> {
  readonly key: K;
  /** The names on the way to its namespace. */
  readonly namespace: readonly string[];
  /** Whether a lock or a load has it. */
  readonly kind: 'lock' | 'load';
  /** The number of the holder's turn; 0 if nobody has the turn. */
  readonly holder: number;
  /** For how long its oldest holder or waiter has been there. */
  readonly age: number;
  /** How much of the holder's lease is left. */
  readonly remaining: number;
  /** How many callers wait for their turn or for the value, the caller whose loader runs included. */
  readonly waiting: number;
}

/** The keys below a path that are locked or loaded. */
export function inspect<K extends Key, V>(locks: KeyLocks<V>, path: string): LiveKey<K>[] {
  const now = elapsed();
  return [...locks.live()]
    .filter(([, [first]]) => first!.place.path.startsWith(path))
    .map(([, tickets]) => {
      const holder = tickets.find((ticket) => ticket.isHolding);
      const { place } = tickets[0]!;
      return {
        key: place.key as K,
        namespace: namesOf(place.path),
        kind: holder?.isLoad ? 'load' : 'lock',
        holder: holder?.token ?? 0,
        age: now - Math.min(...tickets.map(({ since }) => since)),
        remaining: holder?.remaining ?? 0,
        waiting: tickets.reduce((sum, each) => sum + each.waiting, 0),
      };
    });
}
