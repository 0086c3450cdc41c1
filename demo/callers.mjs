// Callers that resolve DIDs, and what they have seen.

import { performance } from 'node:perf_hooks';

/**
 * Resolves a list of DIDs. Each caller takes the next one as soon as it has an answer.
 *
 * @param {import('did-resolver').Resolver} resolver
 * @param {string[]} dids
 * @param {number} callers How many there are at once.
 * @param {(done: number) => void} [onProgress]
 */
export async function resolveAll(resolver, dids, callers, onProgress = () => {}) {
  const latencies = new Float64Array(dids.length);
  const seen = { documents: 0, notFound: 0, failed: 0, wrong: 0 };
  let next = 0;
  let done = 0;
  const call = async () => {
    while (next < dids.length) {
      const index = next++;
      const asked = performance.now();
      const result = await resolver.resolve(dids[index]);
      latencies[index] = performance.now() - asked;
      seen[kindOf(result, dids[index])] += 1;
      onProgress((done += 1));
    }
  };
  const begun = performance.now();
  await Promise.all(Array.from({ length: callers }, call));
  const seconds = (performance.now() - begun) / 1000;
  return { resolutions: dids.length, ...seen, seconds, perSecond: dids.length / seconds, latency: summary(latencies) };
}

/** What came of a resolution. Somebody else's document would be wrong. */
function kindOf({ didDocument, didResolutionMetadata: { error } }, did) {
  if (error === 'notFound') return 'notFound';
  if (error !== undefined) return 'failed';
  return didDocument.id === did ? 'documents' : 'wrong';
}

/** Percentiles, in milliseconds. */
function summary(latencies) {
  const sorted = latencies.sort();
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  return { p50: at(0.5), p90: at(0.9), p99: at(0.99), max: sorted.at(-1) };
}
