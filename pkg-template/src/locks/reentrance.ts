// Who runs at the moment, as far as that can be known without the runtime's help: from the beginning of a callback up to
// its first `await`. A caller that asks for a key again within that would wait for itself.

import type { Place } from '../cache/key.js';

/** A callback that runs, and what it holds. */
export interface Frame {
  readonly locks: object;
  readonly place: Place;
  /** Whether it still keeps others from the key. */
  readonly isHolding: boolean;
}

/** The callbacks that run, one within the other. */
const frames: Frame[] = [];

/** Runs a callback on behalf of those who hold keys. */
export function runWithin<T>(holders: readonly Frame[], callback: () => T): T {
  const { length } = frames;
  for (const holder of holders) frames.push(holder);
  try {
    return callback();
  } finally {
    frames.length = length;
  }
}

/** On whose behalf the innermost callback runs. */
export function innermost(): Frame | undefined {
  return frames[frames.length - 1];
}

/** Whether a callback runs on behalf of this one, which holds its key still: what is changed then is no change by others. */
export function isOwn(holder: Frame | undefined): boolean {
  return holder !== undefined && frames.includes(holder) && holder.isHolding;
}

/** Whether a callback that runs holds this key. */
export function isWithin(locks: object, { path, key }: Place): boolean {
  return frames.some(
    (frame) => frame.locks === locks && frame.place.key === key && frame.place.path === path && frame.isHolding,
  );
}
