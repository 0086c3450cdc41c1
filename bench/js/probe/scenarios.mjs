// The scenarios of the rows. Each makes caches of its own, and gives the words for what it has seen.

import { staleAfter } from './adapters.mjs';
import { giving, held, late, outcome, pause, settle, stored, straysDuring, within } from './callers.mjs';

const KEY = 'key';
const MANY = 100;
const CALLERS = 10;
/** How long a load may take where a row is about that, and for how long the row waits then. */
const LEASE = 100;
const PATIENCE = 500;

/** Many callers at once: how many loaders are called. */
export async function crowd({ make }) {
  const [cache, slow] = [make({}), held()];
  let loads = 0;
  const loader = () => {
    loads += 1;
    return slow.loader();
  };
  const calls = Array.from({ length: MANY }, () => outcome(() => cache.load(KEY, loader)));
  await slow.called;
  await settle();
  slow.end('A');
  const answers = await Promise.all(calls);
  if (!answers.every(({ value }) => value === 'A')) return 'not all';
  return `${loads} load${loads === 1 ? '' : 's'}`;
}

/** A change while a value is being loaded: what the caller got, and what there is afterwards. */
export async function duringLoad({ make }, change) {
  const options = change === 'tag' ? { tag: 'tag' } : {};
  const [cache, old] = [make({ tagged: change === 'tag' }), held()];
  const call = outcome(() => cache.load(KEY, old.loader, options));
  await Promise.race([old.called, call]);
  if (change === 'tag') await cache.invalidate('tag');
  else await cache[change](KEY, 'NEW');
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
  const first = outcome(() => cache.load(KEY, old.loader));
  await old.called;
  await cache.delete(KEY);
  await pause(5);
  const second = await within(
    LEASE,
    outcome(() => cache.load(KEY, giving('NEW'))),
  );
  old.end('OLD');
  await first;
  await settle();
  return { asked: second === late ? 'joins' : 'loads', kept: (await stored(cache, KEY)) ?? 'neither' };
}

/** A cache whose value is stale, so that the next call loads behind. */
async function stale(adapter) {
  const cache = adapter.make({ stale: true });
  await cache.load(KEY, giving('STALE'));
  await pause(staleAfter(adapter));
  return cache;
}

/** A delete while a value is loaded behind its stale one: whether it is stored. */
export async function deleteBehind(adapter) {
  const [cache, old] = [await stale(adapter), held()];
  const call = outcome(() => cache.load(KEY, old.loader));
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
    const answer = await outcome(() => cache.load(KEY, () => Promise.reject(new Error('behind'))));
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
  const { result: answers } = await straysDuring(() =>
    Promise.all(Array.from({ length: CALLERS }, () => outcome(() => cache.load(KEY, loader)))),
  );
  const next = await outcome(() => cache.load(KEY, giving('NEW')));
  return {
    calls: `${calls} call${calls === 1 ? '' : 's'}`,
    got: answers.map((answer) => nameOf(answer, error)).reduce((all, each) => (all === each ? all : 'different')),
    next: next.value === 'NEW' ? 'loads' : 'does not',
  };
}

/** What an answer is, where it should be an error. */
function nameOf(answer, expected) {
  if (answer.error === expected) return 'error';
  if ('value' in answer) return String(answer.value);
  return answer.error?.cause === expected ? 'wrapped' : 'another';
}

/** How a caller hears of a failure. */
export async function failure({ make }, loader) {
  const cache = make({});
  const { result } = await straysDuring(() =>
    within(
      PATIENCE,
      outcome(() => cache.load(KEY, loader)),
    ),
  );
  if (result === late) return 'never ends';
  if ('error' in result) return 'rejects';
  return 'thrown' in result ? 'throws' : 'resolves';
}

/** Whether a value is there the next time. */
export async function kept({ make }, value) {
  const cache = make({});
  const { result } = await straysDuring(() => outcome(() => cache.load(KEY, giving(value))));
  if (!('value' in result)) return 'error';
  let loads = 0;
  await outcome(() =>
    cache.load(KEY, async () => {
      loads += 1;
      return value;
    }),
  );
  return loads === 0 ? 'yes' : 'no';
}

/** A load that never ends: what a second caller gets, whose loader would. */
export async function neverEnding({ make }) {
  const cache = make({ lease: LEASE });
  const { result } = await straysDuring(async () => {
    void outcome(() => cache.load(KEY, () => new Promise(() => {})));
    await pause(LEASE / 5);
    return within(
      PATIENCE,
      outcome(() => cache.load(KEY, giving('NEW'))),
    );
  });
  if (result === late) return 'dead';
  return result.value === 'NEW' ? 'loads' : 'error';
}

/** One of two callers leaves: the one that loads, and in another cache the one that waits. */
export async function abortOne({ make }) {
  for (const leaving of [0, 1]) {
    const [cache, slow, control] = [make({}), held(), new AbortController()];
    const calls = [0, 1].map((place) => {
      const options = place === leaving ? { signal: control.signal } : {};
      return outcome(() => cache.load(KEY, slow.loader, options));
    });
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
  const options = { signal: control.signal };
  const calls = [0, 1].map(() => outcome(() => cache.load(KEY, slow.loader, options)));
  const told = await slow.called;
  control.abort();
  await settle();
  slow.end('A');
  await Promise.all(calls);
  return told?.aborted ? 'told' : 'not told';
}

/** A change of an object that was handed out: whether the next caller sees it. */
export async function sharing({ make }) {
  const cache = make({});
  const loader = giving({ list: [1] });
  (await cache.load(KEY, loader)).list.push(2);
  return (await cache.load(KEY, loader)).list.length === 2 ? 'shared' : 'copied';
}
