// Which costs are measured beside time: a list of cases, as plain data. Each `kind` is a file here, which runs in processes
// of its own: one for each contender, or one for all.

/** Part of the name of each case. */
const GROUP = 'costs';

/** Entries of the caches whose memory is measured. */
const ENTRIES = 100_000;

/** Entries of the cache whose pauses are measured, and sets of new keys into it when it is full. */
const PAUSE = {
  quick: { size: 100_000, sets: 200_000, processes: 1 },
  full: { size: 1_000_000, sets: 2_000_000, processes: 3 },
};

/** Fresh processes whose first hit is timed. */
const STARTS = { quick: 9, full: 15 };

/** Every case, in the order in which they are measured. */
export function costCases(isQuick) {
  const pause = isQuick ? PAUSE.quick : PAUSE.full;
  return [
    { name: 'heap 100k', kind: 'heap', size: ENTRIES, ttl: false },
    { name: 'heap ttl 100k', kind: 'heap', size: ENTRIES, ttl: true },
    { name: `pause ${isQuick ? '100k' : '1M'}`, kind: 'pause', ...pause },
    { name: 'import', kind: 'start', starts: isQuick ? STARTS.quick : STARTS.full },
    { name: 'size', kind: 'size' },
  ].map((spec) => ({ ...spec, name: `${GROUP} ${spec.name}` }));
}
