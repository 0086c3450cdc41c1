// Values and durations as text.

/** A value as it stands in code. */
export function quote(value) {
  return typeof value === 'string' ? `'${value.replace(/[\\']/g, '\\$&')}'` : String(value);
}

/** A number that was typed in. Nothing at all is `undefined`; what is no number is left to the cache to refuse. */
export function readNumber(text) {
  return text.trim() === '' ? undefined : Number(text);
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long an entry has left, about as exactly as one wants to know. */
export function duration(ms) {
  if (ms === Infinity) return 'for good';
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`;
  if (ms < 2 * MINUTE) return `${Math.round(ms / 1000)} s`;
  if (ms < 2 * HOUR) return `${Math.round(ms / MINUTE)} min`;
  if (ms < 2 * DAY) return `${Math.round(ms / HOUR)} h`;
  return `${Math.round(ms / DAY).toLocaleString('en')} days`;
}

/** So many of something, with the word in its right form. */
export function count(number, word, plural = `${word}s`) {
  return `${number.toLocaleString('en')} ${number === 1 ? word : plural}`;
}
