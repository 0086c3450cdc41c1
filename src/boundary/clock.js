// Whether the clock is the runtime's own, or one that a test has put in its place.

const now = Date.now;

/** Asked late: at import, nothing runs. A fake that was there before this module is told by its source. */
let genuine;

/** Whether `Date.now` is the function that the runtime came with. Reading it may then be put off within a turn. */
export function isNative() {
  if (Date.now !== now) return false;
  return (genuine ??= Function.prototype.toString.call(now).includes('[native code]'));
}
