// Runs what measures the costs, and prints what it finds.

import { medians } from './pause.mjs';
import { costHead, costTable } from './report.mjs';

/**
 * Measures these cases.
 *
 * @param inChild What has a new process do some work.
 */
export async function measureCosts(specs, inChild) {
  if (specs.length > 0) console.log(`\n${costHead()}`);
  const costs = [];
  for (const spec of specs) {
    const runs = await runsOf(spec, inChild);
    costs.push({ spec, result: spec.names === undefined ? runs : summaryOf(runs), runs });
    console.log(`\n${costTable(costs.at(-1))}`);
  }
  return costs;
}

/** What the processes have found: of each contender a list, where it has processes of its own. */
async function runsOf(spec, inChild) {
  if (spec.names === undefined) return inChild({ cost: spec });
  const runs = {};
  for (const name of spec.names) {
    runs[name] = [];
    for (let number = 0; number < (spec.processes ?? 1); number += 1) {
      runs[name].push(await inChild({ cost: { ...spec, name } }));
    }
  }
  return runs;
}

function summaryOf(runs) {
  return Object.fromEntries(
    Object.entries(runs).map(([name, list]) => [name, list.length === 1 ? list[0] : medians(list)]),
  );
}
