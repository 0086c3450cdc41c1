// Part 1: a busy service, with and without the cache.

import { Resolver } from 'did-resolver';
import { InMemoryCache } from 'keylatch';
import { mulberry32, zipf } from '../../bench/js/tools/random.mjs';
import { resolveAll } from '../callers.mjs';
import { didCache } from '../did-cache.mjs';
import { DIDS, didOf } from '../registry/catalog.mjs';
import { count, milliseconds, percent, rate, seconds } from '../terminal/format.mjs';
import { table } from '../terminal/table.mjs';
import { methods } from '../web-method.mjs';

const CALLERS = 300;
const RESOLUTIONS = 10_000;
const MAX = 1_000;
const EXPONENT = 1.1;

export const title = 'A busy service';

export const intent = `${count(CALLERS)} callers at once, each asking for one DID after the other. Of
${count(DIDS)} DIDs a few are popular (Zipf, exponent ${EXPONENT}). The cache is empty at
first, and holds at most ${count(MAX)} of them.`;

/** Measures the same stream twice. */
export async function run({ registry, claims, progress }) {
  const draw = zipf(mulberry32(11), DIDS, EXPONENT);
  const stream = Array.from({ length: RESOLUTIONS }, () => didOf(draw()));
  const watch = (name) => (done) => progress.tick(`${name}: ${count(done)} of ${count(RESOLUTIONS)} resolutions`);

  const plain = new Resolver(methods(registry.get));
  // Opens the connections, for the first run as for the second.
  await resolveAll(plain, stream.slice(0, 2 * CALLERS), CALLERS, () => progress.tick('opening connections'));
  await registry.reset();
  const without = await resolveAll(plain, stream, CALLERS, watch('without a cache'));
  without.upstream = await registry.counts();

  const events = { hit: 0, set: 0, evict: 0, expire: 0, delete: 0 };
  const tally = ({ type, reason }) => {
    if (type in events && !(type === 'set' && reason !== 'add')) events[type] += 1;
  };
  const cache = new InMemoryCache({ max: MAX, ttl: 300, isolate: 'freeze', events: tally });
  const cached = new Resolver(methods(registry.get), { cache: didCache(cache) });
  await registry.reset();
  const keylatch = await resolveAll(cached, stream, CALLERS, watch('with keylatch'));
  keylatch.upstream = await registry.counts();
  keylatch.hits = events.hit;
  keylatch.shared = RESOLUTIONS - keylatch.hits - keylatch.upstream.requests;
  keylatch.evictions = events.evict;
  keylatch.entries = events.set - events.evict - events.expire - events.delete;

  const { upstream } = keylatch;
  claims.equal('Requests upstream without a cache', without.upstream.requests, RESOLUTIONS);
  claims.below('Requests upstream with keylatch', upstream.requests, without.upstream.requests);
  claims.equal('Requests upstream for one DID at the same time, with keylatch', upstream.mostAtOnce, 1);
  claims.equal("Answers with another DID's document", without.wrong + keylatch.wrong, 0);
  claims.below('Entries in the cache at the end', keylatch.entries, MAX + 1);
  return { callers: CALLERS, dids: DIDS, exponent: EXPONENT, max: MAX, without, keylatch };
}

/** @returns {string} */
export function show({ without, keylatch }) {
  const both = (name, of) => [name, of(without), of(keylatch)];
  const { resolutions, hits, shared, upstream, evictions, entries } = keylatch;
  const numbers = table(
    ['', 'without a cache', 'with keylatch'],
    [
      both('resolutions', (each) => count(each.resolutions)),
      both('requests upstream', (each) => count(each.upstream.requests)),
      both('most at once for one DID', (each) => count(each.upstream.mostAtOnce)),
      [],
      ['answered by the cache', '', percent(hits / resolutions)],
      ['answered by a request under way', '', percent(shared / resolutions)],
      ['answered by a request of its own', percent(1), percent(upstream.requests / resolutions)],
      [],
      both('latency, p50', ({ latency }) => milliseconds(latency.p50)),
      both('latency, p90', ({ latency }) => milliseconds(latency.p90)),
      both('latency, p99', ({ latency }) => milliseconds(latency.p99)),
      both('throughput', ({ perSecond }) => rate(perSecond)),
      both('time', (each) => seconds(each.seconds)),
      [],
      both('answers "no such DID"', ({ notFound }) => count(notFound)),
      both('answers "failed" (status 503)', ({ failed }) => count(failed)),
      ['entries at the end', '', count(entries)],
      ['entries that had to make room', '', count(evictions)],
    ],
  );
  // Else a reader may wonder why the cache doesn't help with these two.
  return `${numbers}\n\n  Where the cache answers less than 90 %, p90 and p99 are those of callers who\n  waited for the registry, and not of hits.`;
}
