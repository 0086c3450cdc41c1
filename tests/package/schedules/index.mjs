// Random schedules of locks and loads against their model, on virtual time.

import { Schedule } from './schedule.mjs';
import { Time } from '../suite/time.mjs';

/**
 * Runs so many schedules; each has a seed of its own, which decides everything that happens in it. Always the same ones,
 * unless another seed is asked for.
 *
 * @param {typeof import('keylatch')} keylatch
 */
export async function run(keylatch, { seed = 1, schedules = 3000, failures: most = 3 } = {}) {
  const failures = [];
  let passed = 0;
  const time = new Time();
  time.install();
  try {
    for (let index = 0; index < schedules && failures.length < most; index += 1) {
      const own = (seed + index) >>> 0;
      const schedule = new Schedule(keylatch, time, own);
      try {
        await schedule.run();
        passed += 1;
      } catch (error) {
        const steps = schedule.log.map((step) => `  ${step}`).join('\n');
        const again = `SEED=${own} SCHEDULES=1 node tests/package/run.mjs schedules`;
        failures.push({ name: again, error: `${error?.stack ?? error}\n${steps}` });
        time.reset();
      }
    }
  } finally {
    time.restore();
  }
  return { seed, passed, failures };
}
