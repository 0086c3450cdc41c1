// The time of waits and leases. Setting the wall clock doesn't change it.

/**
 * In milliseconds. If the clock moves by more than this between two readings, somebody has set it, or it has only just
 * started.
 */
const LEAP = 1e9;

let source: unknown;
let reading = 0;
/** The clock's reading at the time 0. */
let base = 0;
let latest = 0;

/**
 * The time, in whole milliseconds. It never runs backwards. When a test replaces the function behind it, the time goes
 * on from where it was.
 */
export function elapsed(): number {
  const { performance } = globalThis as { performance?: Partial<typeof Date> };
  const clock = typeof performance?.now === 'function' ? (performance as typeof Date) : Date;
  const { now } = clock;
  const at = Math.floor(clock.now());
  if (now !== source || at < reading || at - reading > LEAP) base = at - latest;
  source = now;
  reading = at;
  if (at - base > latest) latest = at - base;
  return latest;
}

/** Notes that a timer has fired that was set to this moment: the moment has come, even if the clock is frozen. */
export function reach(moment: number): void {
  if (moment > latest) latest = moment;
}
