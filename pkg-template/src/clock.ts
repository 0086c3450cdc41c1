// The time of this turn of the event loop.
//
// Reading the clock costs more than a hit, so a reading serves for the rest of the turn. What ends it is a microtask:
// it runs before anything else can happen, and no runtime loses it. A timer would be lost on workerd, where it goes with
// the request, and the clock would then stand still for good.

import { isNative } from '../../src/boundary/clock.js';
import { core } from './wasm/boot.js';

const native = Date.now;

/** How many times a reading serves at the most, should a microtask ever get lost. */
const USES = 1024;

let reading = NaN;
let uses = 0;

/** The time, in milliseconds of the engine's time. Where a test has replaced the clock, every call reads it. */
export function now(): number {
  return reading >= 0 && Date.now === native && uses++ < USES ? reading : read();
}

function read(): number {
  const moment = core.clockNow();
  if (isNative()) {
    reading = moment;
    uses = 0;
    void Promise.resolve().then(endTurn);
  }
  return moment;
}

function endTurn(): void {
  reading = NaN;
}
