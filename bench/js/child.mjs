// One case in a process of its own: what V8 learns in one case about the code of a contender must not decide the next.
// A cache with ttl would make those without slower, a small one those that are large.

import { check } from './check.mjs';
import { contendersOf } from './contenders.mjs';
import { prepare } from './loops.mjs';
import { measure } from './measure.mjs';
import { measureMemory } from './memory.mjs';

// Whoever started it is gone, by Ctrl-C for instance: nobody waits for the numbers.
process.once('disconnect', () => process.exit());

process.once('message', async (work) => {
  try {
    const result = await resultOf(work);
    process.send({ result }, finish);
  } catch (error) {
    process.send({ error: error.message }, finish);
  }
});

/** What the work is: a case, the checks, the memory, a stream of requests, the callers that wait for a load, or what one thing costs. */
async function resultOf({ spec, plan, checks, memory, ratios, waiters, cost }) {
  if (checks) return check(checks.cases, checks.largest);
  if (memory) return measureMemory(memory);
  if (ratios) return (await import('./ratios/replay.mjs')).measureRatios(ratios);
  // Loaded only where they are timed: their contenders are many, and the other cases should have no trace of them.
  if (waiters) return (await import('./loads/waiters.mjs')).measureWaiters(waiters);
  if (cost) return (await import(`./costs/${cost.kind}.mjs`)).measureCost(cost);
  if (spec.op === 'replay') return (await import('./requests/replay.mjs')).measureRequests(spec, plan);
  if (spec.op === 'load') return measure(await (await import('./loads/hit.mjs')).prepareHits(spec), plan);
  return measure(prepare(spec, contendersOf(spec)), plan);
}

/** Ends the process, also if a contender has a timer that would keep it alive. */
function finish() {
  process.disconnect();
  process.exit();
}
