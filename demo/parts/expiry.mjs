// Part 3: what is cached expires.

import { Resolver } from 'did-resolver';
import { InMemoryCache } from 'keylatch';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { resolveAll } from '../callers.mjs';
import { didCache } from '../did-cache.mjs';
import { didOf } from '../registry/catalog.mjs';
import { count, seconds } from '../terminal/format.mjs';
import { table } from '../terminal/table.mjs';
import { methods } from '../web-method.mjs';

/** Times to live, in seconds: of a document, and of the fact that a DID doesn't exist. */
const TTL = 2;
const NOT_FOUND_TTL = 1;

/** How much later than that the demo asks again, in seconds. */
const AFTER = 0.1;

const CALLERS = 300;

export const title = 'Expiry';

export const intent = `Documents live for ${TTL} s here, and the answer "no such DID" for ${NOT_FOUND_TTL} s.`;

/** Goes through one entry's life, and then through the other's. */
export async function run({ registry, claims, progress }) {
  const cache = new InMemoryCache({ max: 1_000, ttl: TTL, isolate: 'freeze' });
  const resolver = new Resolver(methods(registry.get), { cache: didCache(cache, { notFoundTtl: NOT_FOUND_TTL }) });
  const steps = [];

  /**
   * Takes a step, and notes when it began and how many requests it took. A step that asks for what is in the cache
   * needs `until`, when that may expire: a machine too busy to get there in time proves nothing.
   */
  const step = async (name, expected, act, until = Infinity) => {
    progress.show(`expiry: ${name}`);
    await registry.reset();
    const asked = performance.now();
    await act();
    const isInTime = performance.now() < until;
    const { requests } = await registry.counts();
    if (isInTime) claims.equal(`Expiry, ${name}: requests upstream`, requests, expected);
    steps.push({ name, at: (asked - begun) / 1000, requests });
    return asked;
  };
  const wait = async (ttl, name) => {
    progress.show(`waiting ${seconds(ttl)} until ${name} has expired`);
    await sleep((ttl + AFTER) * 1000);
  };

  const known = didOf(7);
  const missing = didOf(50);
  const begun = performance.now();
  let asked = await step('a document, for the first time', 1, () => resolver.resolve(known));
  await step('again', 0, () => resolver.resolve(known), asked + TTL * 1000);
  const afresh = () => resolver.resolve(known, { cache: false });
  asked = await step('with { cache: false }: afresh, and stored anew', 1, afresh);
  const byUrl = () => resolver.resolve(`${known}#auth`);
  await step('again, by a DID URL with a fragment', 0, byUrl, asked + TTL * 1000);
  await wait(TTL, 'the document');
  const late = () => resolveAll(resolver, Array(CALLERS).fill(known), CALLERS);
  await step(`once it has expired: ${count(CALLERS)} callers at once`, 1, late);
  asked = await step('a DID that does not exist', 1, () => resolver.resolve(missing));
  const again = () => resolver.resolve(missing);
  await step('again (the answer is remembered)', 0, again, asked + NOT_FOUND_TTL * 1000);
  await wait(NOT_FOUND_TTL, 'the answer');
  await step('once that has expired', 1, () => resolver.resolve(missing));
  return { ttl: TTL, notFoundTtl: NOT_FOUND_TTL, steps };
}

/** @returns {string} */
export function show({ steps }) {
  const rows = steps.map(({ name, at, requests }) => [name, seconds(at), count(requests)]);
  return table(['', 'at', 'requests upstream'], rows);
}
