// The time of waits and leases: how long something takes, whatever becomes of the wall clock meanwhile.

/** Nothing takes that long. A clock that moves by more between two readings was set, or has begun to run. */
const LEAP = 1e9;

let source: unknown;
let reading = 0;
/** The clock's reading at the time 0. */
let base = 0;
let latest = 0;

/** The time, in whole milliseconds. It never runs backwards, and stands still while the function behind it is replaced. */
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

/** Notes that a timer has fired that was set to this moment: it has come, even if the clock is frozen. */
export function reach(moment: number): void {
  if (moment > latest) latest = moment;
}
