// Which callbacks run at the moment, as far as one can know without the runtime's help: from the start of a callback to
// its first `await`. Whatever is requested in that time, these callbacks wait for. A wait that leads back to one of
// them would never end.

import type { Key, Place } from '../base/key.js';
import { about, describe } from '../base/errors.js';

/** A wait for a key, by a callback that holds other keys. */
export interface Wait {
  readonly locks: { holderOf(place: Place): Frame | undefined };
  readonly place: Place;
  isOver: boolean;
}

/** A callback that runs, and what it holds. */
export interface Frame {
  readonly place: Place;
  /** Whether it still keeps others from the key. */
  readonly isHolding: boolean;
  /** The waits that it has begun. */
  waits: Wait[] | undefined;
}

/** The callbacks that run, each within the one before, and the keys for which each runs. */
const running: (readonly Frame[])[] = [];

/** Runs a callback on behalf of those who hold keys. */
export function runWithin<T>(holders: readonly Frame[], callback: () => T): T {
  running.push(holders);
  try {
    return callback();
  } finally {
    running.pop();
  }
}

/** On whose behalf the innermost callback runs. */
export function innermost(): readonly Frame[] | undefined {
  return running[running.length - 1];
}

/** Whether the callback of this holder is running: then a change of its key is its own. */
export function isOwn(holder: Frame | undefined): boolean {
  return holder?.isHolding === true && running.some((holders) => holders.includes(holder));
}

/**
 * Notes that the running callbacks begin to wait for a key.
 *
 * @returns The wait, to be marked when it is over; nothing if no callback is known to run.
 * @throws {CacheError} `reentrant` if they would wait for themselves.
 */
export function beginWait(locks: Wait['locks'], place: Place): Wait | undefined {
  const holders = innermost();
  if (holders === undefined) return undefined;
  const wait = { locks, place, isOver: false };
  const way = follow(wait, new Set());
  if (way !== undefined) {
    const cycle = [way[way.length - 1]!, ...way].map(describe).join(' → ');
    throw about('reentrant', place.key, `the caller would wait for itself: ${cycle}`);
  }
  for (const holder of holders) (holder.waits ??= []).push(wait);
  return wait;
}

/** The keys on the way from a wait to one who runs, if it leads to any. */
function follow({ locks, place }: Wait, seen: Set<Frame>): Key[] | undefined {
  const holder = locks.holderOf(place);
  if (!holder?.isHolding || seen.has(holder)) return undefined;
  seen.add(holder);
  const from = running.findIndex((holders) => holders.includes(holder));
  if (from >= 0) return [...running.slice(from + 1).map(([first]) => first!.place.key), place.key];
  for (const wait of holder.waits ?? []) {
    const way = wait.isOver ? undefined : follow(wait, seen);
    if (way !== undefined) return [place.key, ...way];
  }
  return undefined;
}
