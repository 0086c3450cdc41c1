// The scenarios of the rows. Each makes caches of its own, and gives the words for what it has seen.

import { setTimeout as pause } from 'node:timers/promises';
import { counted } from './means.mjs';
import { giving, held, late, outcome, settle, stored, straysDuring, within } from './callers.mjs';

const KEY = 'key';
/** How long a load may take where a row is about that, and for how long the row waits then. */
const LEASE = 100;
const PATIENCE = 500;

const load = (cache, loader, options) => outcome(() => cache.load(KEY, loader, options));
const several = (count, call) => Array.from({ length: count }, call);

/** Many callers at once: how many loaders are called. */
export async function crowd({ make }) {
  const [cache, slow] = [make({}), held()];
  const calls = several(100, () => load(cache, slow.loader));
  await slow.called;
  await settle();
  slow.end('A');
  const answers = await Promise.all(calls);
  return answers.every(({ value }) => value === 'A') ? counted(slow.calls, 'load') : 'not all';
}

/** A change while a value is being loaded: what the caller got, and what there is afterwards. */
export async function duringLoad({ make }, change) {
  const tagged = change === 'tag';
  const options = tagged ? { tag: 'tag' } : {};
  const [cache, old] = [make({ tagged }), held()];
  const call = load(cache, old.loader, options);
  await Promise.race([old.called, call]);
  await (tagged ? cache.invalidate('tag') : cache[change](KEY, 'NEW'));
  // In the same millisecond the two could not be told apart by their times.
  await pause(5);
  old.end('OLD');
  const got = await call;
  await settle();
  return { got, after: await stored(cache, KEY, options) };
}

/** A load, a delete, and another load that ends before the first one does. */
export async function afterDelete({ make }) {
  const [cache, old] = [make({}), held()];
  const first = load(cache, old.loader);
  await old.called;
  await cache.delete(KEY);
  await pause(5);
  const second = await within(LEASE, load(cache, giving('NEW')));
  old.end('OLD');
  await first;
  await settle();
  return { asked: second === late ? 'joins' : 'loads', kept: (await stored(cache, KEY)) ?? 'neither' };
}

/** A cache whose value is stale, so that the next call loads behind. */
async function stale(adapter) {
  const cache = adapter.make({ stale: true });
  await cache.load(KEY, giving('STALE'));
  await pause(adapter.staleAfter);
  return cache;
}

/** A delete while a value is loaded behind its stale one: whether it is stored. */
export async function deleteBehind(adapter) {
  const [cache, old] = [await stale(adapter), held()];
  const call = load(cache, old.loader);
  if ((await within(PATIENCE, old.called)) === late) return 'no load';
  if ((await within(PATIENCE, call)).value !== 'STALE') return 'no stale';
  await cache.delete(KEY);
  await pause(5);
  old.end('OLD');
  await settle();
  return (await stored(cache, KEY)) === 'OLD' ? 'yes' : 'no';
}

/** A loader that fails behind a stale value: what its caller gets. */
export async function failBehind(adapter) {
  const cache = await stale(adapter);
  const { result, strays } = await straysDuring(async () => {
    const answer = await load(cache, () => Promise.reject(new Error('behind')));
    await settle();
    return answer;
  });
  if (strays.length > 0) return 'unhandled';
  return result.value === 'STALE' ? 'stale' : 'error';
}

/** A load that fails with callers that wait for it, and the call after it. */
export async function failing({ make }) {
  const cache = make({});
  const error = new Error('the loader has failed');
  let calls = 0;
  const loader = async () => {
    calls += 1;
    await pause(5);
    throw error;
  };
  const { result: answers } = await straysDuring(() => Promise.all(several(10, () => load(cache, loader))));
  const next = await load(cache, giving('NEW'));
  const nameOf = (answer) => {
    if (answer.error === error) return 'error';
    if ('value' in answer) return String(answer.value);
    return answer.error?.cause === error ? 'wrapped' : 'another';
  };
  return {
    calls: counted(calls, 'call'),
    got: answers.map(nameOf).reduce((all, each) => (all === each ? all : 'different')),
    next: next.value === 'NEW' ? 'loads' : 'does not',
  };
}

/** How a caller hears of a failure. */
export async function failure({ make }, loader) {
  const { result } = await straysDuring(() => within(PATIENCE, load(make({}), loader)));
  if (result === late) return 'never ends';
  if ('error' in result) return 'rejects';
  return 'thrown' in result ? 'throws' : 'resolves';
}

/** Whether a value is there the next time. */
export async function kept({ make }, value) {
  const [cache, second] = [make({}), held()];
  const { result } = await straysDuring(() => load(cache, giving(value)));
  if (!('value' in result)) return 'error';
  second.end(value);
  await load(cache, second.loader);
  return second.calls === 0 ? 'yes' : 'no';
}

/** A load that never ends: what a second caller gets, whose loader would. */
export async function neverEnding({ make }) {
  const cache = make({ lease: LEASE });
  const { result } = await straysDuring(async () => {
    void load(cache, held().loader);
    await pause(LEASE / 5);
    return within(PATIENCE, load(cache, giving('NEW')));
  });
  if (result === late) return 'dead';
  return result.value === 'NEW' ? 'loads' : 'error';
}

/** One of two callers leaves: the one that loads, and in another cache the one that waits. */
export async function abortOne({ make }) {
  for (const leaving of [0, 1]) {
    const [cache, slow, control] = [make({}), held(), new AbortController()];
    const calls = [0, 1].map((place) => load(cache, slow.loader, place === leaving ? { signal: control.signal } : {}));
    await slow.called;
    control.abort();
    await settle();
    slow.end('A');
    if ((await calls[1 - leaving]).value !== 'A') return 'error';
  }
  return 'value';
}

/** Both of two callers leave: whether the loader is told. */
export async function abortAll({ make }) {
  const [cache, slow, control] = [make({}), held(), new AbortController()];
  const calls = several(2, () => load(cache, slow.loader, { signal: control.signal }));
  const told = await slow.called;
  control.abort();
  await settle();
  slow.end('A');
  await Promise.all(calls);
  return told?.aborted ? 'told' : 'not told';
}

/** A change of an object that was handed out: whether the next caller sees it. */
export async function sharing({ make }) {
  const [cache, loader] = [make({}), giving({ list: [1] })];
  (await cache.load(KEY, loader)).list.push(2);
  return (await cache.load(KEY, loader)).list.length === 2 ? 'shared' : 'copied';
}
