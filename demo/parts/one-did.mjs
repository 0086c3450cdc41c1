// Part 2: many callers at once of one DID.

import { Resolver } from 'did-resolver';
import { InMemoryCache } from 'keylatch';
import { resolveAll } from '../callers.mjs';
import { didCache } from '../did-cache.mjs';
import { didOf, didPath } from '../registry/catalog.mjs';
import { count, milliseconds } from '../terminal/format.mjs';
import { table } from '../terminal/table.mjs';
import { methods } from '../web-method.mjs';

const CALLERS = 1_000;

/** How long callers wait while each answer is a failure, in seconds. */
const PATIENCE = 1;

export const title = 'One DID, all at once';

export const intent = `${count(CALLERS)} callers ask in the same moment for one DID that nobody has resolved
yet.`;

/** The cases: which cache, how many of the first answers are failures, and what has to come of it. */
const CASES = [
  { name: 'without a cache', cache: () => false },
  { name: "did-resolver's own cache", cache: () => true },
  { name: 'keylatch', cache: keylatch, expected: { requests: 1, documents: CALLERS, failed: 0 } },
  {
    name: 'keylatch, first fails',
    cache: keylatch,
    failures: 1,
    // The caller whose request failed is told so. The next in line asks again, and all others get its result.
    expected: { requests: 2, documents: CALLERS - 1, failed: 1 },
  },
  {
    name: 'keylatch, all fail',
    cache: () => keylatch({ patience: PATIENCE }),
    failures: Number.MAX_SAFE_INTEGER,
    expected: { documents: 0, failed: CALLERS },
  },
];

/** Measures each case with a DID of its own. */
export async function run({ registry, claims, progress }) {
  const cases = [];
  for (const [index, { name, cache, failures = 0, expected }] of CASES.entries()) {
    progress.show(`${count(CALLERS)} callers at once, ${name}`);
    const did = didOf(1_000 + index);
    await registry.reset();
    await registry.fail(didPath(did), failures);
    const resolver = new Resolver(methods(registry.get), { cache: cache() });
    const { documents, failed, latency } = await resolveAll(resolver, Array(CALLERS).fill(did), CALLERS);
    const { requests, mostAtOnce } = await registry.counts();
    await registry.fail(didPath(did), 0);
    const facts = { name, requests, mostAtOnce, documents, failed, last: latency.max };
    cases.push(facts);
    for (const [fact, number] of Object.entries(expected ?? {})) {
      claims.equal(`${count(CALLERS)} callers of one DID, ${name}: ${WORDS[fact]}`, facts[fact], number);
    }
    if (expected) claims.equal(`${count(CALLERS)} callers of one DID, ${name}: requests at a time`, mostAtOnce, 1);
  }
  return { callers: CALLERS, patience: PATIENCE, cases };
}

const WORDS = {
  requests: 'requests upstream',
  documents: 'callers with the document',
  failed: 'callers with an error',
};

/** @returns {string} */
export function show({ patience, cases }) {
  const rows = cases.map(({ name, requests, mostAtOnce, documents, failed, last }) => {
    return [name, count(requests), count(mostAtOnce), count(documents), count(failed), milliseconds(last)];
  });
  const titles = ['', 'requests', 'at once', 'documents', 'errors', 'last after'];
  return `${table(titles, rows)}

  First fails: the first answer is a 503. The caller who got it is told so, the
  next in line asks once more, and all others share that answer.
  All fail: every answer is a 503. The callers try one after the other, and
  give up after ${patience} s.`;
}

function keylatch(options) {
  return didCache(new InMemoryCache({ max: 1_000, ttl: 300, isolate: 'freeze' }), options);
}
