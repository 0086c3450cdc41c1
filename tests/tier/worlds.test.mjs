// Random worlds: caches over one store that fails in many ways. Nobody gets a value older than an invalidation that the
// store has acknowledged, once `doubt` has passed; and a node never gets one older than its own.
//
// WORLDS says how many worlds (a hundred by default), SEED which ones.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { inWorld, sleep } from './caches.mjs';
import { MemoryStore } from './sources.mjs';

const KEYS = ['a', 'b', 'c'];
const NODES = 3;
const DOUBT = 2000;
/** What an answer may take on its way, beyond `doubt`. */
const SLACK = 1500;

/** The tags of each key. Nobody knows what tags a lock's result will have, so there are locks of `c` alone. */
const TAGS = { a: ['t'], b: ['t', 'u'], c: [] };
const node = fc.nat(NODES - 1);
const key = fc.constantFrom(...KEYS);
const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('load'), node, key, takes: fc.constantFrom(0, 5, 200, 900) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('delete'), node, key }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('expire'), node, key }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('tag'), node, tag: fc.constantFrom('t', 'u') }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('clear'), node }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('set'), node, key }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('lock'), node, key: fc.constant('c'), takes: fc.constantFrom(0, 100) }),
  },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('wait'), for: fc.constantFrom(1, 20, 300, 2500, 9000) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('link'),
      node,
      calls: fc.constantFrom('answered', 'answered', 'refused', 'ignored', 'lost'),
      delay: fc.constantFrom(1, 30, 400),
      returns: fc.constantFrom({}, {}, { read: 60 }, { put: 60, drop: 60 }, { changes: 60 }),
      blocked: fc.constantFrom([], [], ['changes'], ['read'], ['drop', 'put']),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('lose') }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart'), node }) },
);

const runs = Number(process.env.WORLDS ?? 100);
const seed = process.env.SEED === undefined ? undefined : Number(process.env.SEED);

for (const options of [{}, { feed: 'pull' }, { flight: 'store', lease: 2000 }]) {
  test(`random worlds, ${JSON.stringify(options)}`, { timeout: 600_000 }, async () => {
    const property = fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), (steps) => play(steps, options));
    await fc.assert(property, { numRuns: runs, includeErrorInReport: true, ...(seed === undefined ? {} : { seed }) });
  });
}

// Instead of random ones: STEPS='[{"do":"load", …}]'
if (process.env.STEPS !== undefined) {
  const options = JSON.parse(process.env.OPTIONS ?? '{}');
  test('the steps', () => play(JSON.parse(process.env.STEPS), options));
}

/** Plays the steps, and checks what each load gives. */
function play(steps, options) {
  return inWorld(async (world) => {
    const play = new Play(world, options);
    for (const each of steps) await play.step(each);
    await play.end();
  })();
}

class Play {
  /** The source: a version for each key. */
  #versions = new Map(KEYS.map((key) => [key, 1]));
  /** For each key, the versions that were acknowledged, and when. */
  #acknowledged = new Map(KEYS.map((key) => [key, []]));
  #nodes;
  /** What has gone wrong, and when. */
  #faults = [];
  #running = new Set();
  /**
   * Keys with a set that the store has not acknowledged, with the node that has set them. Nobody else changes them: of two
   * changes at once, the store takes one last, and it may be the set.
   */
  #unsettled = new Map();
  #time;

  constructor(world, options) {
    this.world = world;
    this.options = { doubt: DOUBT, timeout: 100, hardTimeout: 500, breaker: { after: 3, for: 1000 }, ...options };
    this.#time = world.time;
    world.store = new MemoryStore({ feedLength: 8 });
    this.#nodes = Array.from({ length: NODES }, () => this.#start());
  }

  #start() {
    // The least version that the node may give for each key, after its own changes.
    return { ...this.world.node(this.options), own: new Map() };
  }

  async step(step) {
    const node = this.#nodes[step.node];
    switch (step.do) {
      case 'load':
        return this.#load(node, step);
      case 'lock':
        return this.#lock(node, step);
      case 'delete':
        return this.#change(node, [step.key], (cache) => cache.delete(step.key));
      case 'expire':
        return this.#change(node, [step.key], (cache) => cache.expire(step.key));
      case 'tag':
        return this.#change(
          node,
          KEYS.filter((key) => TAGS[key].includes(step.tag)),
          (cache) => cache.deleteByTag(step.tag),
        );
      case 'clear':
        return this.#change(node, KEYS, (cache) => cache.clear());
      case 'set':
        if (!this.#unsettled.has(step.key)) this.#unsettled.set(step.key, node);
        return this.#change(node, [step.key], (cache) => {
          cache.set(step.key, this.#versions.get(step.key), { tags: TAGS[step.key] });
        });
      case 'wait':
        return sleep(step.for);
      case 'link':
        Object.assign(node.link, { calls: step.calls, delay: step.delay, returns: step.returns ?? {} });
        node.link.blocked = new Set(step.blocked);
        return undefined;
      case 'lose':
        return this.world.store.lose();
      default:
        // What it had not sent is lost, as are its promises.
        node.cache.close();
        this.#nodes[step.node] = this.#start();
        return undefined;
    }
  }

  /** Waits for the loads that are under way, and has everything settle. */
  async end() {
    for (const { link } of this.#nodes)
      Object.assign(link, { calls: 'answered', delay: 1, returns: {}, blocked: new Set() });
    await sleep(30_000);
    await Promise.all(this.#running);
    for (const node of this.#nodes) {
      assert.equal(node.tier.stats().queued, 0, 'nothing is left in the queue');
      for (const key of KEYS) this.#load(node, { key, takes: 0 });
    }
    await sleep(10_000);
    await Promise.all(this.#running);
    assert.deepEqual(this.#faults, []);
  }

  #load(node, { key, takes }) {
    const least = this.#leastFor(node, key);
    const began = this.#time.now;
    const loader = async () => {
      const version = this.#versions.get(key);
      if (takes > 0) await sleep(takes);
      return version;
    };
    this.#watch(node, key, least, node.cache.getOrSet(key, loader, { tags: TAGS[key], lease: 5000 }), began);
  }

  #lock(node, { key, takes }) {
    const least = this.#leastFor(node, key);
    const compute = async (lock) => {
      if (lock.done) return lock.result;
      const version = this.#versions.get(key);
      if (takes > 0) await sleep(takes);
      await lock.setResult(version, { tags: TAGS[key] });
      return version;
    };
    // A turn whose answer was lost is over with its lease.
    const value = node.cache.withLock(key, compute, { lease: 5000 });
    this.#watch(node, key, least, value, this.#time.now);
  }

  /** The least version that a load which begins now may give. */
  #leastFor(node, key) {
    const before = this.#time.now - DOUBT - SLACK;
    const acknowledged = this.#acknowledged.get(key).filter(({ at }) => at <= before);
    return Math.max(0, node.own.get(key) ?? 0, ...acknowledged.map(({ version }) => version));
  }

  #watch(node, key, least, value, began) {
    const watched = value.then(
      (version) => {
        const late = this.#time.now - began;
        if (version < least) this.#faults.push({ key, version, least, began: began - 1_700_000_000_000 });
        if (late > 20_000) this.#faults.push({ key, late });
      },
      (error) => {
        if (!['disposed', 'load-timeout', 'lock-lost'].includes(error.code)) this.#faults.push(String(error.stack));
      },
    );
    this.#running.add(watched);
    void watched.then(() => this.#running.delete(watched));
  }

  /** Changes the source, and tells the cache. */
  #change(node, keys, tell) {
    if (keys.some((key) => (this.#unsettled.get(key) ?? node) !== node)) return;
    for (const key of keys) this.#versions.set(key, this.#versions.get(key) + 1);
    const changed = keys.map((key) => ({ key, version: this.#versions.get(key) }));
    tell(node.cache);
    for (const { key, version } of changed) node.own.set(key, version);
    const acknowledged = this.#acknowledge(node, changed);
    this.#running.add(acknowledged);
    void acknowledged.then(() => this.#running.delete(acknowledged));
  }

  async #acknowledge(node, changed) {
    for (let tries = 0; tries < 200 && this.#nodes.includes(node); tries += 1) {
      const isDone = await node.tier.settled().then(
        () => true,
        () => false,
      );
      if (isDone && this.#nodes.includes(node)) {
        const at = this.#time.now;
        for (const { key, version } of changed) {
          this.#acknowledged.get(key).push({ version, at });
          if (this.#unsettled.get(key) === node && node.own.get(key) === version) this.#unsettled.delete(key);
        }
        return;
      }
      await sleep(100);
    }
  }
}
