// What may happen in a schedule, for fast-check to choose from and to shrink. A step names what it does and, by a number,
// to which of those that are there then.

import fc from 'fast-check';

export const NAMES = ['a', 'b', 'n/a'];
export const TAGS = ['t', 'u'];

/** Something, in so many cases of a hundred; else undefined, which is simpler. */
const sometimes = (percent, something) =>
  fc.oneof({ weight: 100 - percent, arbitrary: fc.constant(undefined) }, { weight: percent, arbitrary: something });

const chance = (percent) => sometimes(percent, fc.constant(true)).map(Boolean);
const pick = (...list) => fc.constantFrom(...list);

const name = pick(...NAMES);
const tags = sometimes(40, pick(...TAGS)).map((tag) => [tag ?? []].flat());
/** One of those that are there, whatever their number. */
const which = fc.noBias(fc.nat(999));
const released = chance(5);
/** A share of the schedule's lease, for those schedules in which leases differ. */
const share = fc.noBias(fc.nat(1999));

/** Each step: how often it is taken, relative to the others, and what it is told. */
const STEPS = {
  acquire: [10, { name, share, timeout: sometimes(20, pick(1, 50, 99, 100, 500)), enters: chance(70) }],
  enter: [12, { which }],
  exit: [8, { which, released }],
  setResult: [6, { which, released, tags }],
  extend: [2, { which, released, share }],
  abortLock: [2, { which, released }],
  getOrSet: [
    16,
    {
      name,
      share,
      hardTimeout: sometimes(15, pick(1, 40, 'lease', '3 leases')),
      timeout: sometimes(20, pick(1, 20)),
      forceFresh: chance(15),
      isAborted: chance(2),
    },
  ],
  abortCaller: [3, { which }],
  load: [12, { which, ends: fc.oneof(...weighted({ value: 75, error: 15, undefined: 10 })) }],
  set: [2, { name, tags }],
  delete: [4, { name }],
  clear: [1, { name }],
  deleteByTag: [3, { name, tag: pick(...TAGS) }],
  expire: [2, { name }],
  expireByTag: [2, { name, tag: pick(...TAGS) }],
  advance: [10, { by: pick(1, 10, 30, 'half', 'almost', 'lease', '2 leases') }],
  lag: [4, { by: pick(1, 5, 'half', 'lease') }],
};

function weighted(weights) {
  return Object.entries(weights).map(([word, weight]) => ({ weight, arbitrary: fc.constant(word) }));
}

const step = fc.oneof(
  ...Object.entries(STEPS).map(([kind, [weight, told]]) => ({
    weight,
    arbitrary: fc.record({ kind: fc.constant(kind), hurries: chance(40), ...told }),
  })),
);

/** A cache, what happens to it, and how that ends. In a burst, several steps may be taken in one turn of the event loop. */
export const plan = fc.record({
  lease: pick(100, 1000),
  life: sometimes(50, fc.record({ swr: pick(0, 50), grace: pick(0, 80, 300) })),
  backoff: sometimes(30, pick(20, 150)),
  leasesDiffer: chance(20),
  isBurst: chance(50),
  isDisposed: chance(20),
  steps: fc.array(step, { minLength: 1, maxLength: 50, size: 'max' }),
});

/** A time that a step is told, in milliseconds: a number, or words about the lease. */
export function timeOf(told, lease) {
  const words = { half: lease / 2, almost: lease - 1, lease, '2 leases': 2 * lease, '3 leases': 3 * lease };
  return words[told] ?? told;
}
