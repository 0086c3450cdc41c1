// From numbers to places in a picture.

/** Steps between ticks that people can read: these times a power of ten. */
const STEPS = [1, 2, 2.5, 5, 10];

/** Ticks at round numbers, `count` of them or fewer, the first not above `least` and the last not below `most`. */
export function ticks(least, most, count) {
  const rough = Math.max((most - least) / (count - 1), 1e-9);
  const power = 10 ** Math.floor(Math.log10(rough));
  for (const step of [...STEPS, 20].map((factor) => factor * power)) {
    const [from, to] = [Math.floor(least / step + 1e-9), Math.ceil(most / step - 1e-9)];
    if (to - from < count)
      return Array.from({ length: Math.max(to - from, 1) + 1 }, (_, index) => (from + index) * step);
  }
  throw new Error(`no ticks for ${least} to ${most}`);
}

/** Equal steps for equal differences. */
export function linear([least, most], [from, to]) {
  return (value) => from + ((value - least) / (most - least)) * (to - from);
}

/** Equal steps for equal ratios. A single value is in the middle. */
export function logarithmic([least, most], [from, to]) {
  if (least === most) return () => (from + to) / 2;
  return (value) => from + (Math.log(value / least) / Math.log(most / least)) * (to - from);
}

/** A number in three digits or so: 1,500 is 1.5k. */
export function brief(value, [thousand, million, milliard] = ['k', 'M', 'G']) {
  const units = [
    [1e9, milliard],
    [1e6, million],
    [1e3, thousand],
  ];
  const [by, unit] = units.find(([by]) => value >= by) ?? [1, ''];
  return `${Number((value / by).toPrecision(3))}${unit}`;
}
