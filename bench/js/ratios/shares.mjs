// How near to the best that is possible: a share for each cell, a mean for each stream, and one for all.

import { mapped, mean } from '../tools/rounds.mjs';

/** A stream's result in one unit: hits of `objects`, or of `bytes`. */
export function inUnit(result, unit) {
  const pick = (ratios) => mapped(ratios, (ratio) => ratio[unit]);
  const cells = result.cells.map(({ size, ratios, known }) => ({ size, ratios: pick(ratios), known: pick(known) }));
  return { ...result, cells };
}

/** The share of the best that a cache has in a cell, or a known policy. Where nothing can be hit, all have all of it. */
export function shareOf({ ratios, known }, name, best) {
  return ratios[best] === 0 ? 1 : (known[name] ?? ratios[name]) / ratios[best];
}

/** The mean of the sizes of a stream. Not a number for a policy that is not known in all of them. */
export const streamShare = ({ cells, best }, name) => mean(cells.map((cell) => shareOf(cell, name, best)));

/** The mean of the streams' means: a stream with many sizes counts no more than another. */
export const overallShare = (streams, name) => mean(streams.map((stream) => streamShare(stream, name)));

/** Who has replayed these streams. */
export const replayedIn = ([{ cells, best }]) => Object.keys(cells[0].ratios).filter((name) => name !== best);

/** The policies that are known in a cell of these streams at least, the best first. */
export function knownIn(streams) {
  const names = new Set(streams.flatMap(({ cells }) => cells.flatMap(({ known }) => Object.keys(known))));
  // Those that are not known everywhere have no mean, and come last.
  const rank = (name) => overallShare(streams, name) || 0;
  return [...names].sort((a, b) => rank(b) - rank(a));
}
