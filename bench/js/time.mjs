// A timed case, in one process after the other: V8 compiles the same code differently at times.

import { SUBJECT } from './contenders.mjs';
import { quartiles, ratio } from './measure.mjs';

/**
 * Measures a case.
 *
 * @param inPlace Has a process measure it once, or a page.
 * @returns The row: nanoseconds and ratios as quartiles, and the times they come from; for requests, the hit ratio that
 *   each process has found.
 */
export async function timeCase(spec, plan, inPlace) {
  const times = {};
  const operations = [];
  const hits = [];
  for (let number = 0; number < plan.processes; number += 1) {
    const result = await inPlace({ spec, plan });
    operations.push(result.count);
    if (result.hits) hits.push(result.hits);
    for (const [name, list] of Object.entries(result.times)) (times[name] ??= []).push(...list);
  }
  const nanoseconds = Object.entries(times).map(([name, list]) => [name, quartiles(list)]);
  const ratios = Object.entries(times)
    .filter(([name]) => name !== SUBJECT)
    .map(([name, list]) => [name, ratio(times[SUBJECT], list)]);
  return {
    spec,
    plan,
    operations,
    nanoseconds: Object.fromEntries(nanoseconds),
    ratios: Object.fromEntries(ratios),
    times,
    ...(hits.length > 0 && { hits }),
  };
}
