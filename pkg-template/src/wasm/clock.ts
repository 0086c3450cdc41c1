// The time of this turn of the event loop.
//
// Reading the clock costs more than a hit, so a reading serves for the rest of the turn. A microtask ends the reading:
// it runs before anything else can happen, and no runtime drops it. workerd drops a timer together with its request,
// and the clock would then stand still for good.

import { core } from './boot.js';

const native = Date.now;
/** Set late, because nothing runs at import. A fake that is older than this module is recognised by its source. */
let isGenuine: boolean | undefined;

/** Bun's `setSystemTime` moves the clock within a turn, to 0 if asked, and leaves `Date.now` the same function. */
const isBun = 'Bun' in globalThis;

/** How many times a reading serves at the most, should a microtask ever get lost. On Bun, none without a look at the clock. */
const USES = isBun ? 0 : 1024;

let reading = NaN;
let uses = 0;
/** How often a reading of the wall clock may stand for one of the engine's, before the reading is kept for the turn. */
const TRIES = 8;
let tries = 0;
/** The wall clock and the engine's time at the last reading. */
let lastWall = NaN;
let lastMoment = NaN;
/** The time of writes that are done together; null before it was read. */
let shared: number | null | undefined;

/** The time, in milliseconds of the engine's time. Where a test has replaced the clock, every call reads it. */
export function now(): number {
  if (Date.now === native) {
    if (reading >= 0 && uses++ < USES) return reading;
    // A program that awaits something between two hits would pay for a call and a microtask each time. Within the same
    // millisecond the last reading is as good as a new one; the first few times, that is tried.
    if (native() === lastWall && (tries += 1) % TRIES !== 0) return lastMoment;
  }
  return read();
}

/**
 * The time of a write: what it stores has its whole life before it, however long the turn has lasted already. Within the
 * same millisecond it is the last reading, which spares a call.
 */
export function exactNow(): number {
  return shared === undefined ? readExactly() : (shared ??= readExactly());
}

/** Does several writes as one: all of them have the same time, which is read if one of them asks for it. */
export function together(work: () => void): void {
  shared = null;
  try {
    work();
  } finally {
    shared = undefined;
  }
}

function readExactly(): number {
  if (Date.now === native && native() === lastWall) return lastMoment;
  const moment = readClock();
  // A turn that has a reading goes on with the later one.
  if (reading >= 0) reading = moment;
  return moment;
}

function read(): number {
  const moment = readClock();
  if (lastWall >= 0) {
    reading = moment;
    uses = 0;
    void Promise.resolve().then(endTurn);
  }
  return moment;
}

/** Has the engine read its clock. The reading of the turn stays. */
export function readClock(): number {
  const isNative =
    Date.now === native && (isGenuine ??= /now\(\)[^]*native code/.test(Function.prototype.toString.call(native)));
  // One reading for both: the engine's reading comes right after the wall clock's, and may be a little newer.
  lastWall = isNative ? native() : NaN;
  return (lastMoment = core.clockNow(Number(isNative && !isBun)));
}

function endTurn(): void {
  reading = NaN;
}
