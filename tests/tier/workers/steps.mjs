// Steps of tests: each runs in a request of its own, and what it returns becomes JSON.

import { durable } from '../../../pkg-template/src/tier/durable.ts';

const LONG = 600_000;
const signal = () => new AbortController().signal;
const objectOf = ({ env, name }) => env.OBJECT.get(env.OBJECT.idFromName(name));
const toRecord = (id, value, { concerns = ['tag'], life = LONG }) => ({
  data: typeof value === 'number' ? new Uint8Array(value) : new TextEncoder().encode(value),
  concerns: [id, ...concerns],
  life: life ?? Infinity,
});
/** What an operation ends with, or how it fails. */
const outcome = (work) =>
  work.then(
    ({ result }) => result ?? 'done',
    (error) => `${error.name}: ${error.message}`,
  );

export const position = ({ store }) => store.read([], signal());

export async function get({ store, id }) {
  const [record] = (await store.read([id], signal())).records;
  return record && record.since >= record.hard ? new TextDecoder().decode(record.data) : null;
}

/** How many bytes each record has that is there. */
export async function sizes({ store, ids }) {
  return (await store.read(ids, signal())).records.map((record) => record?.data.length ?? null);
}

/** Writes a value that is a text, or as many bytes as a number says. */
export const write = ({ store, id, value, since, turn, ...record }) =>
  outcome(store.write(id, toRecord(id, value, record), { since, turn }, signal()));

export const put = ({ store, id, value, ifSince, keep = LONG, ...record }) =>
  outcome(store.put(id, toRecord(id, value, record), { keep, ifSince }, signal()));

export const drop = ({ store, marks, soft = false, keep = LONG }) => store.drop(marks, { soft, keep }, signal());

export const changes = ({ store, after, wait = 0 }) => store.changes(after, wait, signal());

export const renew = ({ store, epoch, atLeast }) => store.renew(epoch, atLeast, signal());

export const turn = ({ store, id, node, lease }) => store.turn(id, { node, lease }, signal());

export const endTurn = ({ store, id, turn: number }) => store.endTurn(id, number, signal());

export const pause = ({ time }) => scheduler.wait(time);

export const report = (step) => objectOf(step).report();
export const sweep = (step) => objectOf(step).sweep();
export const dropMany = (step) => objectOf(step).dropMany(step.count, step.keep ?? LONG);
export const stop = (step) => objectOf(step).stop().catch(String);

/** Waits for changes, and doesn't wait for the answer: the request is over at once. */
export async function leave({ store, after }) {
  void store.changes(after, LONG, signal());
  await scheduler.wait(100);
}

/** For how long the object holds a call that would wait for long. It runs beside this worker, with the same timers. */
export async function held({ store }) {
  const { setTimeout } = globalThis;
  const delays = [];
  globalThis.setTimeout = (callback, delay) => {
    delays.push(delay);
    return setTimeout(callback, delay);
  };
  try {
    const since = await store.read([], signal());
    const news = store.changes(since, LONG, signal());
    await scheduler.wait(200);
    await store.drop(['a'], { soft: false, keep: LONG }, signal());
    await news;
  } finally {
    globalThis.setTimeout = setTimeout;
  }
  return Math.max(...delays);
}

/** Takes a turn, and ends before it has loaded anything, or heard of the turn. */
export async function takeAndDie({ store, id, lease }) {
  void store.turn(id, { node: 'dead', lease }, signal());
  await scheduler.wait(50);
}

/** How many rows each operation writes. */
export async function costs({ store, env, name }) {
  const since = await store.read([], signal());
  const record = (id) => toRecord(id, 'value', {});
  const operations = {
    read: () => store.read(['a', 'b', 'c'], signal()),
    write: () => store.write('a', record('a'), { since }, signal()),
    'write again': () => store.write('a', record('a'), { since }, signal()),
    put: () => store.put('b', record('b'), { keep: LONG }, signal()),
    'put again': () => store.put('b', record('b'), { keep: LONG }, signal()),
    drop: () => store.drop(['tag'], { soft: false, keep: LONG }, signal()),
    'drop three': () => store.drop(['tag', 'b', 'c'], { soft: false, keep: LONG }, signal()),
    expire: () => store.drop(['tag'], { soft: true, keep: LONG }, signal()),
    changes: () => store.changes(since, 0, signal()),
    turn: () => store.turn('a', { lease: 1000, node: 'n' }, signal()),
    'turn refused': () => store.turn('a', { lease: 1000, node: 'other' }, signal()),
    endTurn: async () => store.endTurn('a', (await store.read([], signal())).sequence, signal()),
  };
  // The first that writes says how long marks last, and when to sweep.
  await store.drop(['first'], { soft: false, keep: LONG }, signal());
  const written = {};
  for (const [operation, run] of Object.entries(operations)) {
    const before = (await objectOf({ env, name }).report()).written;
    await run();
    written[operation] = (await objectOf({ env, name }).report()).written - before;
  }
  return written;
}

/** A value that is a view of a large buffer, and is changed while it is on its way. */
export async function views({ store }) {
  // A call can't take all of it along.
  const buffer = new Uint8Array(34e6);
  buffer.fill(1);
  const since = await store.read([], signal());
  const written = store.write('a', { data: buffer.subarray(5, 8), concerns: [], life: LONG }, { since }, signal());
  buffer.fill(2);
  const isPlain = !(Symbol.dispose in (await written));
  const [record] = (await store.read(['a'], signal())).records;
  return { data: [...record.data], buffer: record.data.buffer.byteLength, isPlain };
}

/** Ids and marks of a megabyte, with halves of surrogate pairs. */
export async function longNames({ store }) {
  const names = ['x', '\ud800'].map((text) => text.repeat(1e6 / text.length));
  const since = await store.read([], signal());
  for (const [index, id] of names.entries()) {
    await store.write(id, toRecord(id, `${index}`, { concerns: names }), { since }, signal());
  }
  const values = async () =>
    (await store.read(names, signal())).records.map((record) => record && new TextDecoder().decode(record.data));
  const before = await values();
  await store.drop([names[1]], { soft: false, keep: LONG }, signal());
  const news = await store.changes(since, 0, signal());
  return { before, after: await values(), isTrimmed: news.isTrimmed };
}

/** Many marks in one call. */
export async function manyMarks({ store, count }) {
  const since = await store.read([], signal());
  await store.write('a', toRecord('a', 'a', { concerns: [`tag ${count - 1}`] }), { since }, signal());
  const marks = Array.from({ length: count }, (_, index) => `tag ${index}`);
  await store.drop(marks, { soft: false, keep: LONG }, signal());
  const { records } = await store.read(['a'], signal());
  const { isTrimmed } = await store.changes(since, 0, signal());
  return { isThere: records[0] !== undefined, isTrimmed };
}

/** A store of a function that makes stubs, and what can't be a store. */
export async function made({ env }) {
  const store = durable(() => env.OBJECT.get(env.OBJECT.idFromName('made by a function')));
  await store.put('a', toRecord('a', 'a', {}), { keep: LONG }, signal());
  const [record] = (await durable(env.OBJECT, { name: 'made by a function' }).read(['a'], signal())).records;
  const wrong = [[undefined], [null], [{}], [env], ['name'], [env.OBJECT, { name: 1 }]];
  const errors = wrong.map((call) => {
    try {
      durable(...call);
      return 'none';
    } catch (error) {
      return error.name;
    }
  });
  return { value: new TextDecoder().decode(record.data), errors };
}

let kept;
/** A store that was made in an earlier request. */
export async function keep({ store }) {
  kept = store;
  return (await kept.read([], signal())).sequence;
}
export const useKept = async () => (await kept.read([], signal())).sequence;
