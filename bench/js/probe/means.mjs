// Rows about what few have: a peer that has it is asked by its own means, and the others get no word.

export const counted = (count, noun) => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** A scenario for those who have the means. */
export const by = (means, run) => async (adapter) => (adapter.name in means ? run(means[adapter.name]) : undefined);

/** What others have that don't run here, as their sources and documentation say. */
export const read = (FusionCache, HybridCache) => ({ FusionCache, HybridCache });
