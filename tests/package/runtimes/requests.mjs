// On workerd: a worker whose requests load and lock as they are told. What they are told, and what has to come of it, is
// in ../workerd-scenarios.mjs.

import { Cache, batch } from 'keylatch';

/** How long a request may load, or hold a lock. */
const LEASE = 300;

const caches = {
  lasting: new Cache({ max: 100_000, lease: LEASE }),
  brief: new Cache({ max: 100, ttl: 100, swr: 60_000, lease: LEASE }),
};

// Outside a request there is no timer: what can't be done there must leave nothing behind.
const early = caches.lasting
  .getOrSet('early', () => new Promise(() => {}))
  .then(String, ({ code, message }) => code ?? message);

/** Rejections that nobody has handled, and what timers have thrown, in any request. */
const unhandled = [];
addEventListener('unhandledrejection', ({ reason }) => unhandled.push(String(reason)));
addEventListener('error', ({ error, message }) => unhandled.push(String(error ?? message)));

/** Loaders whose upstream has answered, by key. */
const answered = {};

/** Asks upstream, which counts how many times it was asked. */
async function ask(env, key, { delay = 0, status = 200, signal }) {
  const response = await env.UPSTREAM.fetch(`http://upstream/${key}?delay=${delay}&status=${status}`, { signal });
  const text = await response.text();
  answered[key] = (answered[key] ?? 0) + 1;
  if (!response.ok) throw new Error(`upstream says ${response.status}`);
  return `${key} ${text}`;
}

/** The calls of loaders of many keys, and the bindings of the latest request: they are the same in each. */
const batches = [];
let bindings;

const loadMany = (keys) => {
  batches.push([...keys]);
  return Promise.all(keys.map((key) => ask(bindings, encodeURIComponent(key), { delay: 80 })));
};

/** Loads that come together: those of one turn, and those of several requests. */
const gathered = { turn: batch(loadMany), wait: batch(loadMany, { maxWait: 150 }) };

const actions = {
  async gather({ keys, by }, request, env) {
    bindings = env;
    return Promise.all(keys.map((key) => caches.lasting.getOrSet(key, gathered[by])));
  },
  batches: async ({ key }) => batches.filter(([first]) => first.startsWith(key)),
  async load(
    { cache = 'lasting', key, lease, isKept, isNever, isHasty, swr, usesSignal, usesRequest, ...asked },
    request,
    env,
    context,
  ) {
    const loader = ({ signal }) =>
      isNever ? new Promise(() => {}) : ask(env, key, { ...asked, signal: usesSignal ? signal : undefined });
    return caches[cache].getOrSet(key, loader, {
      ...(lease !== undefined && { lease }),
      ...(swr !== undefined && { swr }),
      ...(isHasty && { hardTimeout: 60 }),
      ...(isKept && { waitUntil: (promise) => context.waitUntil(promise) }),
      ...(usesRequest && { signal: request.signal }),
    });
  },
  async loadAll({ keys, isBatch, lease, delay }, request, env) {
    const { lasting } = caches;
    if (!isBatch)
      return Promise.all(keys.map((key) => lasting.getOrSet(key, () => ask(env, key, { delay }), { lease })));
    return lasting.getOrSetMany(keys, (missing) => Promise.all(missing.map((key) => ask(env, key, { delay }))), {
      lease,
    });
  },
  async lock({ key, lease, hold = 0, result, usesRequest }, request) {
    const options = { ...(lease !== undefined && { lease }), ...(usesRequest && { signal: request.signal }) };
    const lock = await caches.lasting.lock(key, options);
    try {
      const isHolder = !lock.done;
      if (isHolder) {
        await scheduler.wait(hold);
        await lock.setResult(result);
      }
      return { isHolder, result: lock.result ?? null };
    } finally {
      await lock.exit();
    }
  },
  get: async ({ cache = 'lasting', key }) => caches[cache].get(key),
  early: () => early,
  delete: async ({ key }) => caches.lasting.delete(key),
  log: async ({ key }) => ({ unhandled: unhandled.splice(0), answered: answered[key] ?? 0 }),
};

export default {
  async fetch(request, env, context) {
    const { action, leaves, ...order } = await request.json();
    const done = actions[action](order, request, env, context);
    const answer = done.then(
      (value) => ({ value: value ?? null }),
      ({ name, code, message }) => ({ error: message, code: code ?? name }),
    );
    // A request that answers, and so ends, while what it has begun goes on: unless waitUntil keeps it.
    if (!leaves) return Response.json(await answer);
    await scheduler.wait(20);
    return Response.json({ left: true });
  },
};
