// Steps of tests about Workers KV. Each returns what becomes JSON, or throws.

import { durable } from '../../../pkg-template/src/tier/durable.ts';
import { kv } from '../../../pkg-template/src/tier/kv.ts';
import { World } from './places.mjs';

const LONG = 600_000;
const signal = () => new AbortController().signal;
const toRecord = (id, value, life = LONG) => ({
  data: typeof value === 'number' ? new Uint8Array(value) : new TextEncoder().encode(value),
  concerns: [id, 'tag'],
  life,
});
const put = (store, id, value, life) => store.put(id, toRecord(id, value, life), { keep: LONG }, signal());
const drop = (store, marks, soft = false) => store.drop(marks, { soft, keep: LONG }, signal());
async function get(store, id) {
  const [record] = (await store.read([id], signal())).records;
  return record && record.since >= record.hard ? new TextDecoder().decode(record.data) : undefined;
}

/** A generator of numbers from 0 to less than 1: mulberry32. */
function random(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Random operations in two places. No place may see a value that is not the last one. */
export async function delayed({ env, name, seed, count }) {
  const next = random(seed);
  const pick = (list) => list[Math.floor(next() * list.length)];
  const world = new World(env.VALUES, 60);
  const nodes = [0, 1].map(() => kv(world.place(), { object: durable(env.OBJECT, { name }), prefix: name, from: 0 }));
  const ids = ['a', 'b'];
  const actions = ['put', 'load', 'drop', 'tag', 'pass', 'pass', ...Array(9).fill('get')];
  const values = new Map();
  const seen = { hits: 0, others: 0, misses: 0 };
  for (let index = 0; index < count; index += 1) {
    const [node, id, value] = [pick(nodes), pick(ids), `value ${index}`];
    const action = pick(actions);
    if (action === 'put') {
      await put(node, id, value);
      values.set(id, { value, node });
    } else if (action === 'load') {
      const since = await node.read([], signal());
      const { result } = await node.write(id, toRecord(id, value), { since }, signal());
      if (result !== 'stored') throw new Error(`${index}: a load without an invalidation is ${result}`);
      values.set(id, { value, node });
    } else if (action === 'drop') {
      await drop(node, [id]);
      values.delete(id);
    } else if (action === 'tag') {
      await drop(node, ['tag']);
      values.clear();
    } else if (action === 'pass') {
      world.pass(Math.floor(next() * 200));
    } else {
      const [found, last] = [await get(node, id), values.get(id)];
      const isOwn = last?.node === node;
      if (found !== last?.value && (found !== undefined || isOwn)) {
        throw new Error(`${index}: ${id} is ${found}, and not ${last?.value}`);
      }
      if (last !== undefined) seen[found === undefined ? 'misses' : isOwn ? 'hits' : 'others'] += 1;
    }
  }
  return seen;
}

/** Where values stand, by their sizes, and for how long KV has to keep them. */
export async function places({ env, name }) {
  const world = new World(env.VALUES, 0);
  const store = kv(world.place(), { object: durable(env.OBJECT, { name }), prefix: name, from: 100 });
  for (const [id, size, life] of [
    ['small', 99, LONG],
    ['large', 100, 29_500.5],
    ['ever', 2 ** 20 * 3, Infinity],
  ]) {
    await put(store, id, size, life);
  }
  const { records } = await store.read(['small', 'large', 'ever'], signal());
  const { keys } = await env.VALUES.list({ prefix: name });
  return { sizes: records.map((record) => record.data.length), keys: keys.length, lives: world.lives };
}

/** What is too large for KV, and a KV that fails. */
export async function refused({ env, name }) {
  const outcome = (work) =>
    work.then(
      () => 'done',
      (error) => `${error.name}: ${error.message}`,
    );
  const object = durable(env.OBJECT, { name });
  const store = kv(env.VALUES, { object });
  await put(store, 'a', 'old');
  const { sequence } = await object.read([], signal());
  const fails = { get: env.VALUES.get.bind(env.VALUES), put: () => Promise.reject(new Error('429')) };
  const outcomes = [
    await outcome(put(store, 'a', 26 * 2 ** 20)),
    await outcome(put(kv(fails, { object }), 'a', 20_000)),
  ];
  const after = await object.read([], signal());
  return { outcomes, taken: after.sequence - sequence, value: await get(store, 'a') };
}

/** A value that KV has lost. */
export async function lost({ env, name }) {
  const store = kv(env.VALUES, { object: durable(env.OBJECT, { name }), prefix: name, from: 0 });
  await put(store, 'a', 'a');
  for (const { name: key } of (await env.VALUES.list({ prefix: name })).keys) await env.VALUES.delete(key);
  const missing = (await get(store, 'a')) === undefined;
  await put(store, 'a', 'again');
  return { missing, value: await get(store, 'a') };
}

/** Loads in KV alone: one that is late by the clock, and one that isn't. */
export async function late({ env, name }) {
  const store = kv(env.VALUES, { prefix: name });
  const load = async (value, since) => {
    const { result } = await store.write('a', toRecord('a', value), { since }, signal());
    return [result, (await get(store, 'a')) ?? null];
  };
  const since = await store.read([], signal());
  await put(store, 'a', 'old');
  await drop(store, ['tag']);
  await scheduler.wait(5);
  const values = [await load('late', since), await load('new', await store.read([], signal()))];
  // As a node knows it whose clock is ahead.
  await drop(store, ['tag']);
  values.push(await load('wrong', { ...since, sequence: since.sequence + 60_000_000 }));
  await store.put('a', toRecord('a', 'set'), { keep: LONG }, signal());
  await scheduler.wait(5);
  await drop(store, ['tag'], true);
  const [record] = (await store.read(['a'], signal())).records;
  return { values, isStale: record.since < record.soft };
}

export async function wrong({ env }) {
  const object = durable(env.OBJECT);
  const calls = [
    [undefined], [{}], [env.VALUES, { object: {} }], [env.VALUES, { prefix: '' }], [env.VALUES, { prefix: 'x'.repeat(61) }],
    [env.VALUES, { object, from: -1 }], [env.VALUES, { object, from: NaN }], [env.VALUES, { object, from: 'all' }],
  ]; // prettier-ignore
  return calls.map((call) => {
    try {
      kv(...call);
      return 'none';
    } catch (error) {
      return error.name;
    }
  });
}
