// All tests of the package.

import adversarial from './adversarial.mjs';
import aries from './aries.mjs';
import ariesInMemory from './aries-in-memory.mjs';
import ariesStores from './aries-stores.mjs';
import ariesSubclasses from './aries-subclasses.mjs';
import badInput from './bad-input.mjs';
import badInputOfLoads from './bad-input-loads.mjs';
import bounds from './bounds.mjs';
import cache from './cache.mjs';
import cacheLocks from './cache-locks.mjs';
import callbacks from './callbacks.mjs';
import computedTtl from './computed-ttl.mjs';
import dumpAndIsolate from './dump-and-isolate.mjs';
import expiry from './expiry.mjs';
import { runAll } from './harness.mjs';
import lateSecrets from './late-secrets.mjs';
import loadOptions from './load-options.mjs';
import loads from './loads.mjs';
import loadsAfter from './loads-after.mjs';
import loadsFencing from './loads-fencing.mjs';
import loadsLeases from './loads-leases.mjs';
import loadsMany from './loads-many.mjs';
import loadsManyFailures from './loads-many-failures.mjs';
import loadsStale from './loads-stale.mjs';
import lockInterface from './lock-interface.mjs';
import locks from './locks.mjs';
import ownChanges from './own-changes.mjs';
import policy from './policy.mjs';
import start from './start.mjs';
import reloadTags from './reload-tags.mjs';
import signals from './signals.mjs';
import tagsAndNamespaces from './tags-and-namespaces.mjs';
import undefinedOptions from './undefined-options.mjs';

export { assert, runAll } from './harness.mjs';

export const tests = [
  start,
  cache,
  expiry,
  bounds,
  policy,
  adversarial,
  lateSecrets,
  tagsAndNamespaces,
  callbacks,
  dumpAndIsolate,
  badInput,
  undefinedOptions,
  aries,
  ariesInMemory,
  ariesStores,
  ariesSubclasses,
  locks,
  lockInterface,
  cacheLocks,
  loads,
  loadOptions,
  loadsLeases,
  loadsFencing,
  ownChanges,
  loadsAfter,
  computedTtl,
  loadsStale,
  loadsMany,
  loadsManyFailures,
  badInputOfLoads,
  signals,
  reloadTags,
].flat();

/** Runs all tests on a copy of the package. The seed of the random ones decides everything that they do. */
export async function run(keylatch, { seed = Date.now() >>> 0, only } = {}) {
  return { seed, ...(await runAll(tests, { ...keylatch, seed }, { only })) };
}
