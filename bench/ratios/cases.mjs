// Which request streams are replayed: a list of cases, as plain data.

import { SEED, SEEDED } from './seeded.mjs';
import { readReference } from './reference.mjs';
import { listTraces } from './traces.mjs';

/** Part of the name of each case. */
const GROUP = 'ratios';

/** Sizes of the cache where no reference gives them, as shares of the distinct keys. */
const SHARES = [0.01, 0.02, 0.05, 0.1, 0.25];

/** Requests of a seeded stream. */
const LENGTH = { quick: 100_000, full: 400_000 };

/** In a quick run, a trace with more requests than `over` ends after the first `first`. */
const CUT = { over: 1_000_000, first: 500_000 };

/**
 * A case for each stream: the traces in this folder, or the seeded streams where none is given.
 *
 * A case with a `file` is a trace, one with a `seed` is made by code. `sizes` are entries, `shares` are parts of the
 * distinct keys; `reference` has what is known of the trace.
 *
 * @throws The folder has no traces, or a reference that can't be read.
 */
export function streamCases(folder, isQuick) {
  return folder === undefined ? seededCases(isQuick) : traceCases(folder, isQuick);
}

function seededCases(isQuick) {
  const length = isQuick ? LENGTH.quick : LENGTH.full;
  return SEEDED.map((stream) => ({
    name: `${GROUP} ${stream}`,
    stream,
    seed: SEED,
    length,
    shares: isQuick ? everySecond(SHARES) : SHARES,
  }));
}

function traceCases(folder, isQuick) {
  const references = readReference(folder);
  return listTraces(folder).map(({ stream, file }) => {
    const reference = references.get(stream) ?? [];
    const sizes = reference.map(({ size }) => size);
    return {
      name: `${GROUP} ${stream}`,
      stream,
      file,
      cut: isQuick ? CUT : undefined,
      sizes: isQuick ? everySecond(sizes) : sizes,
      shares: sizes.length > 0 ? [] : isQuick ? everySecond(SHARES) : SHARES,
      reference,
    };
  });
}

const everySecond = (list) => list.filter((_, index) => index % 2 === 0);
