// Replays all streams, each in a process of its own, and prints what comes out.

import { sizedHead, sizedSummary, sizedTable } from './bytes/report.mjs';
import { ratiosHead, ratiosSummary, ratiosTable } from './report.mjs';

/**
 * Replays the streams of these cases.
 *
 * @param inChild Has a process do it.
 * @returns The results: without sizes (`ratios`), and with them (`sized`).
 */
export async function replayAll(cases, inChild) {
  const parts = [
    { specs: cases.filter(({ isSized }) => !isSized), head: ratiosHead, table: ratiosTable, summary: ratiosSummary },
    { specs: cases.filter(({ isSized }) => isSized), head: sizedHead, table: sizedTable, summary: sizedSummary },
  ];
  const results = [];
  for (const { specs, head, table, summary } of parts) {
    const replayed = [];
    if (specs.length > 0) console.log(`\n${head()}`);
    for (const spec of specs) {
      replayed.push(await inChild({ ratios: spec }));
      console.log(`\n${table(replayed.at(-1))}`);
    }
    // Apart: what is known of other policies is known of traces.
    for (const isTrace of [true, false]) {
      const alike = replayed.filter((result) => result.isTrace === isTrace);
      if (alike.length > 0) console.log(`\n${isTrace ? 'Traces' : 'Seeded streams'}. ${summary(alike)}`);
    }
    results.push(replayed);
  }
  const [ratios, sized] = results;
  return { ratios, sized };
}
