// Which costs are measured beside time: a list of cases, as plain data. Each `kind` is a file here, which runs in processes
// of its own: one for each contender, or one for all.

import { CONTENDERS, SUBJECT } from '../contenders.mjs';

/** Part of the name of each case. */
const GROUP = 'costs';

/** Entries of the caches whose memory is measured; and a number that fills tables whose sizes are powers of two. */
const ENTRIES = 100_000;
const POWER = 2 ** 17;
/** Whose memory is measured in a quick run. */
const FEW = ['Map', 'lru-cache', SUBJECT, 'tiny-lru', 'transitory'];

/** Entries of the cache whose pauses are measured, and sets of new keys into it when it is full. */
const PAUSE = {
  quick: { size: 100_000, sets: 200_000, processes: 1 },
  full: { size: 1_000_000, sets: 2_000_000, processes: 3 },
};

/** Who makes pauses. */
const PAUSING = ['Map', 'lru-cache', SUBJECT];

/** Fresh processes whose first hit is timed. */
const STARTS = { quick: 9, full: 15 };

/** Every case, in the order in which they are measured. `names` are the contenders with a process of their own. */
export function costCases(isQuick) {
  const namesOf = (ttl) =>
    CONTENDERS.filter(({ name, expires }) => expires.includes(ttl) && (!isQuick || FEW.includes(name))).map(
      ({ name }) => name,
    );
  return [
    { name: 'heap 100k', kind: 'heap', size: ENTRIES, ttl: false, names: namesOf(false) },
    { name: 'heap ttl 100k', kind: 'heap', size: ENTRIES, ttl: true, names: namesOf(true) },
    { name: 'heap 131k', kind: 'heap', size: POWER, ttl: false, names: [SUBJECT] },
    {
      name: `pause ${isQuick ? '100k' : '1M'}`,
      kind: 'pause',
      names: PAUSING,
      ...(isQuick ? PAUSE.quick : PAUSE.full),
    },
    { name: 'import', kind: 'start', starts: isQuick ? STARTS.quick : STARTS.full },
    { name: 'size', kind: 'size' },
  ].map((spec) => ({ ...spec, name: `${GROUP} ${spec.name}` }));
}
