// Random schedules of locks and loads against their model, on virtual time.

import fc from 'fast-check';
import { Time } from '../suite/time.mjs';
import { plan } from './plan.mjs';
import { Schedule } from './schedule.mjs';

/**
 * Runs so many schedules, always the same ones unless another seed is asked for. The first that fails is made as short as
 * it can be, and told with what runs it again: its seed and its path.
 *
 * @param {typeof import('keylatch')} keylatch
 * @param {object} [options]
 * @param {number} [options.schedules] How many.
 * @param {number} [options.seconds] Stops after so long.
 * @param {string} [options.path] The path of one that has failed.
 * @param {boolean} [options.shrinks] Whether one that fails is made shorter.
 */
export async function run(keylatch, { seed = 1, schedules = 3000, seconds, path, shrinks = true } = {}) {
  let last;
  const property = fc.asyncProperty(plan, async (each) => {
    const time = new Time();
    time.install();
    try {
      last = new Schedule(keylatch, time, each);
      await last.run();
    } finally {
      time.restore();
    }
  });
  const found = await fc.check(property, {
    seed,
    numRuns: seconds === undefined ? schedules : Number.MAX_SAFE_INTEGER,
    endOnFailure: !shrinks,
    ...(path !== undefined && { path }),
    ...(seconds !== undefined && { interruptAfterTimeLimit: 1000 * seconds, skipEqualValues: false }),
  });
  if (!found.failed) return { seed, passed: found.numRuns, failures: [] };
  const [shortest] = found.counterexample;
  const log = await tell(keylatch, shortest);
  const { errorInstance: error, counterexamplePath, numShrinks } = found;
  const name = `SEED=${found.seed} SCHEDULE=${counterexamplePath} node tests/package/run.mjs schedules`;
  const text = `${error?.stack ?? error}\nmade shorter ${numShrinks} times:\n${log}`;
  return { seed, passed: found.numRuns - 1, failures: [{ name, error: text }] };
}

/** Runs a schedule once more, for what happens in it. */
async function tell(keylatch, plan) {
  const time = new Time();
  time.install();
  const schedule = new Schedule(keylatch, time, plan);
  await schedule.run().catch(() => {});
  time.restore();
  return schedule.log.map((step) => `  ${step}`).join('\n');
}
