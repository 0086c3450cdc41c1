// All tests of the package.

import abortReasons from './abort-reasons.mjs';
import adversarial from './adversarial.mjs';
import aries from './aries.mjs';
import ariesInMemory from './aries-in-memory.mjs';
import ariesStores from './aries-stores.mjs';
import ariesSubclasses from './aries-subclasses.mjs';
import badInput from './bad-input.mjs';
import badInputOfLoads from './bad-input-loads.mjs';
import batch from './batch.mjs';
import bounds from './bounds.mjs';
import cache from './cache.mjs';
import cacheLocks from './cache-locks.mjs';
import callbacks from './callbacks.mjs';
import channels from './channels.mjs';
import computedTtl from './computed-ttl.mjs';
import cycles from './cycles.mjs';
import dumpAndIsolate from './dump-and-isolate.mjs';
import durations from './durations.mjs';
import errorsNameKeys from './errors-name-keys.mjs';
import dumpOrder from './dump-order.mjs';
import exchanges from './exchanges.mjs';
import expiry from './expiry.mjs';
import expires from './expires.mjs';
import filling from './filling.mjs';
import full from './full.mjs';
import { runAll } from './harness.mjs';
import lateSecrets from './late-secrets.mjs';
import isolation from './isolation.mjs';
import loadOptions from './load-options.mjs';
import loads from './loads.mjs';
import loadsAfter from './loads-after.mjs';
import loadsBackoff from './loads-backoff.mjs';
import loadsConditional from './loads-conditional.mjs';
import loadsLate from './loads-late.mjs';
import loadsFencing from './loads-fencing.mjs';
import loadsLeases from './loads-leases.mjs';
import loadsMany from './loads-many.mjs';
import loadsManyFailures from './loads-many-failures.mjs';
import loadsStale from './loads-stale.mjs';
import lockInterface from './lock-interface.mjs';
import locks from './locks.mjs';
import ownChanges from './own-changes.mjs';
import lockTurns from './lock-turns.mjs';
import lookingIn from './looking-in.mjs';
import pins from './pins.mjs';
import memoize from './memoize.mjs';
import policy from './policy.mjs';
import start from './start.mjs';
import reloadTags from './reload-tags.mjs';
import seams from './seams.mjs';
import signals from './signals.mjs';
import realms from './realms.mjs';
import subclasses from './subclasses.mjs';
import sizes from './sizes.mjs';
import softInvalidation from './soft-invalidation.mjs';
import tagsAndNamespaces from './tags-and-namespaces.mjs';
import warnings from './warnings.mjs';
import undefinedOptions from './undefined-options.mjs';
import validation from './validation.mjs';

export { assert, runAll } from './harness.mjs';

/** The tests of each file. Those of one file are named alike. */
const FILES = {
  start,
  cache,
  exchanges,
  expiry,
  bounds,
  filling,
  full,
  policy,
  pins,
  adversarial,
  lateSecrets,
  tagsAndNamespaces,
  callbacks,
  channels,
  warnings,
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
  validation,
  aries,
  ariesInMemory,
  ariesStores,
  ariesSubclasses,
  locks,
  lockInterface,
  cacheLocks,
  loads,
  loadOptions,
  abortReasons,
  loadsLeases,
  loadsFencing,
  ownChanges,
  loadsAfter,
  loadsBackoff,
  loadsConditional,
  softInvalidation,
  computedTtl,
  loadsLate,
  lockTurns,
  durations,
  cycles,
  errorsNameKeys,
  loadsStale,
  loadsMany,
  batch,
  memoize,
  loadsManyFailures,
  badInputOfLoads,
  signals,
  seams,
  reloadTags,
};

const kebab = (name) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

export const tests = Object.entries(FILES).flatMap(([file, list]) =>
  list.map((test) => ({ file: kebab(file), ...test })),
);

const { TESTS, SEED } = globalThis.process?.env ?? {};

/**
 * Runs all tests on a copy of the package, or those that the environment variable TESTS names. The seed of the random
 * ones decides everything that they do: SEED, or another one each time.
 */
export async function run(keylatch, { seed = Number(SEED ?? Date.now()) >>> 0, only = TESTS, ...options } = {}) {
  return { seed, ...(await runAll(tests, { ...keylatch, seed }, { only, ...options })) };
}
