// Which request streams are replayed: a list of cases, as plain data.

import { readSizedReference } from './bytes/reference.mjs';
import { readReference } from './reference.mjs';
import { SEED, SEEDED, SIZED } from './seeded.mjs';
import { listTraces } from './traces.mjs';

/** Part of the name of each case. */
const GROUP = 'ratios';

/** Sizes of the cache where no reference gives them, as shares of the distinct keys. */
const SHARES = [0.01, 0.02, 0.05, 0.1, 0.25];

/** The same where sizes bound the cache: shares of the bytes of the distinct keys. */
const BYTE_SHARES = [0.005, 0.02, 0.05, 0.1, 0.25];

/** Requests of a seeded stream. */
const LENGTH = { quick: 100_000, full: 400_000 };

/** In a quick run, a trace with more requests than `over` ends after the first `first`. */
const CUT = { over: 1_000_000, first: 500_000 };

/**
 * A case for each stream: the seeded ones, and before them the traces in this folder, if one is given. Those whose
 * objects have sizes have a second one, which `isSized`.
 *
 * A case with a `file` is a trace, one with a `seed` is made by code. `sizes` are entries (`maxSizes` bytes), `shares`
 * are parts of the distinct keys (of their bytes); `reference` has what is known of the trace.
 *
 * @throws The folder has no traces, or a reference that can't be read.
 */
export function streamCases(folder, isQuick) {
  const cases = [...(folder === undefined ? [] : traceCases(folder, isQuick)), ...seededCases(isQuick)];
  return isQuick ? cases.map(shortened) : cases;
}

function seededCases(isQuick) {
  const length = isQuick ? LENGTH.quick : LENGTH.full;
  const common = { seed: SEED, length };
  return [
    ...SEEDED.map(({ stream, sizes = [] }) => {
      return { name: `${GROUP} ${stream}`, stream, ...common, sizes, shares: sizes.length > 0 ? [] : SHARES };
    }),
    ...SIZED.map((stream) => {
      return { name: sizedName(stream), stream, ...common, isSized: true, maxSizes: [], shares: BYTE_SHARES };
    }),
  ];
}

function traceCases(folder, isQuick) {
  const references = readReference(folder);
  const sizedReferences = readSizedReference(folder);
  const traces = listTraces(folder);
  const cut = isQuick ? CUT : undefined;
  return [
    ...traces.map(({ stream, file }) => {
      const reference = references.get(stream) ?? [];
      const sizes = reference.map(({ size }) => size);
      const shares = sizes.length > 0 ? [] : SHARES;
      return { name: `${GROUP} ${stream}`, stream, file, cut, sizes, shares, reference };
    }),
    ...traces
      .filter(({ sizeFile }) => sizeFile !== undefined)
      .map(({ stream, file, sizeFile }) => {
        const reference = sizedReferences.get(stream) ?? [];
        const maxSizes = reference.map(({ size }) => size);
        const shares = maxSizes.length > 0 ? [] : BYTE_SHARES;
        return { name: sizedName(stream), stream, file, sizeFile, cut, isSized: true, maxSizes, shares, reference };
      }),
  ];
}

const sizedName = (stream) => `${GROUP} bytes ${stream}`;

/** The case with every second size only. */
function shortened(spec) {
  const lists = ['sizes', 'maxSizes', 'shares'].filter((name) => name in spec);
  return { ...spec, ...Object.fromEntries(lists.map((name) => [name, everySecond(spec[name])])) };
}

const everySecond = (list) => list.filter((_, index) => index % 2 === 0);
