// How near to OPT: a share for each cell, a mean for each stream, and one for all.

/** The share of OPT that a cache has in a cell, or a known policy. Where nothing can be hit, all have all of it. */
export const shareOf = ({ opt, ratios, known }, name) => (opt === 0 ? 1 : (ratios[name] ?? known[name]) / opt);

/** The mean of the sizes of a stream. Not a number for a policy that is not known in all of them. */
export const streamShare = ({ cells }, name) => mean(cells.map((cell) => shareOf(cell, name)));

/** The mean of the streams' means: a stream with many sizes counts no more than another. */
export const overallShare = (streams, name) => mean(streams.map((stream) => streamShare(stream, name)));

/** Who has replayed these streams. */
export const replayedIn = (streams) => Object.keys(streams[0].cells[0].ratios);

/** The policies that are known in a cell of these streams at least, the best first. */
export function knownIn(streams) {
  const names = new Set(streams.flatMap(({ cells }) => cells.flatMap(({ known }) => Object.keys(known))));
  // Those that are not known everywhere have no mean, and come last.
  const rank = (name) => overallShare(streams, name) || 0;
  return [...names].sort((a, b) => rank(b) - rank(a));
}

const mean = (list) => list.reduce((sum, each) => sum + each, 0) / list.length;
