// All tests of the package.

import abortReasons from './abort-reasons.mjs';
import adversarial from './adversarial.mjs';
import aries from './aries.mjs';
import badInput from './bad-input.mjs';
import badInputOfLoads from './bad-input-loads.mjs';
import bounds from './bounds.mjs';
import cache from './cache.mjs';
import cacheLocks from './cache-locks.mjs';
import callbacks from './callbacks.mjs';
import dumpAndIsolate from './dump-and-isolate.mjs';
import dumpOrder from './dump-order.mjs';
import expiry from './expiry.mjs';
import expires from './expires.mjs';
import { runAll } from './harness.mjs';
import isolation from './isolation.mjs';
import loadOptions from './load-options.mjs';
import loads from './loads.mjs';
import loadsFencing from './loads-fencing.mjs';
import loadsLeases from './loads-leases.mjs';
import loadsMany from './loads-many.mjs';
import loadsStale from './loads-stale.mjs';
import locks from './locks.mjs';
import lookingIn from './looking-in.mjs';
import policy from './policy.mjs';
import realms from './realms.mjs';
import subclasses from './subclasses.mjs';
import sizes from './sizes.mjs';
import tagsAndNamespaces from './tags-and-namespaces.mjs';
import undefinedOptions from './undefined-options.mjs';

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
  dumpOrder,
  expires,
  isolation,
  lookingIn,
  realms,
  sizes,
  subclasses,
  badInput,
  undefinedOptions,
  aries,
  locks,
  cacheLocks,
  loads,
  loadOptions,
  abortReasons,
  loadsLeases,
  loadsFencing,
  loadsStale,
  loadsMany,
  badInputOfLoads,
].flat();

/** Runs all tests on a copy of the package. The seed of the random ones decides everything that they do. */
export async function run(keylatch, { seed = Date.now() >>> 0, only } = {}) {
  return { seed, ...(await runAll(tests, { ...keylatch, seed }, { only })) };
}
