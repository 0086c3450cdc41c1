// How near to OPT: a share for each cell, a mean for each stream, and one for all.

/** The share of OPT that a cache has in a cell. Where there is nothing to hit, all have all of it. */
export const shareOf = ({ opt, ratios }, name) => (opt === 0 ? 1 : ratios[name] / opt);

/** The mean of the sizes of a stream. */
export const streamShare = ({ cells }, name) => mean(cells.map((cell) => shareOf(cell, name)));

/** The mean of the streams' means: a stream with many sizes counts no more than another. */
export const overallShare = (streams, name) => mean(streams.map((stream) => streamShare(stream, name)));

const mean = (list) => list.reduce((sum, each) => sum + each, 0) / list.length;
