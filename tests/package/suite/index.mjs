// All tests of the package.

import adversarial from './adversarial.mjs';
import aries from './aries.mjs';
import badInput from './bad-input.mjs';
import badInputOfLoads from './bad-input-loads.mjs';
import bounds from './bounds.mjs';
import cache from './cache.mjs';
import cacheLocks from './cache-locks.mjs';
import callbacks from './callbacks.mjs';
import cycles from './cycles.mjs';
import dumpAndIsolate from './dump-and-isolate.mjs';
import durations from './durations.mjs';
import errorsNameKeys from './errors-name-keys.mjs';
import expiry from './expiry.mjs';
import { runAll } from './harness.mjs';
import loadOptions from './load-options.mjs';
import loads from './loads.mjs';
import loadsLate from './loads-late.mjs';
import loadsFencing from './loads-fencing.mjs';
import loadsLeases from './loads-leases.mjs';
import loadsMany from './loads-many.mjs';
import loadsStale from './loads-stale.mjs';
import locks from './locks.mjs';
import lockTurns from './lock-turns.mjs';
import policy from './policy.mjs';
import tagsAndNamespaces from './tags-and-namespaces.mjs';

export { assert, runAll } from './harness.mjs';

export const tests = [
  cache,
  expiry,
  bounds,
  policy,
  adversarial,
  tagsAndNamespaces,
  callbacks,
  dumpAndIsolate,
  badInput,
  aries,
  locks,
  cacheLocks,
  loads,
  loadOptions,
  loadsLeases,
  loadsFencing,
  loadsLate,
  lockTurns,
  durations,
  cycles,
  errorsNameKeys,
  loadsStale,
  loadsMany,
  badInputOfLoads,
].flat();

/** Runs all tests on a copy of the package. The seed of the random ones decides everything that they do. */
export async function run(keylatch, { seed = Date.now() >>> 0, only } = {}) {
  return { seed, ...(await runAll(tests, { ...keylatch, seed }, { only })) };
}
