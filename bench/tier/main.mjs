// Caches with a second tier beside each other, over one Redis: node bench/tier/main.mjs
//
// What it prints: what is asked of Redis for each operation, the feed included; the time of a value that Redis has
// and memory hasn't, one after the other; such values a second with 64 under way; and the loads for 1,000 callers of one
// key in three nodes.

import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { RedisServer } from '../../tests/tier/server.mjs';
import { CONTENDERS } from './contenders.mjs';

const KEYS = 2000;
const WIDTH = 64;
const ROUNDS = 5;
const value = { id: 7, name: 'Ada Lovelace', roles: ['admin', 'author'], bio: 'x'.repeat(300) };
const never = () => {
  throw new Error('the value was to be in Redis');
};

/** Counts what clients ask of the server: scripts are one question, whatever they do. */
async function monitor(port) {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  let questions = 0;
  let rest = '';
  socket.setEncoding('utf8').on('data', (chunk) => {
    const lines = (rest + chunk).split('\r\n');
    rest = lines.pop();
    questions += lines.filter(
      (line) => /^\+\d+\.\d+ \[\d+ (?!lua)/.test(line) && !/"(ping|info|client|hello)"/i.test(line),
    ).length;
  });
  socket.write('MONITOR\r\n');
  await sleep(50);
  return { count: () => questions, close: () => socket.destroy() };
}

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

const server = await RedisServer.start();
const rows = [];
const results = Object.fromEntries(Object.keys(CONTENDERS).map((name) => [name, { hits: [], rates: [] }]));
let run = 0;

for (let round = 0; round < ROUNDS; round += 1) {
  for (const [name, make] of Object.entries(CONTENDERS)) {
    run += 1;
    const prefix = `bench-${run}`;
    const keys = Array.from({ length: KEYS }, (_, index) => `user ${index}`);
    const writer = make(server.port, prefix);
    for (let from = 0; from < KEYS; from += WIDTH) {
      await Promise.all(keys.slice(from, from + WIDTH).map((key) => writer.get(key, async () => value)));
    }
    await writer.settled();
    await sleep(50);
    const [single, wide] = [make(server.port, prefix), make(server.port, prefix)];
    await Promise.all([single, wide].map((node) => node.get(keys[0], never)));

    const times = [];
    for (const key of keys.slice(1)) {
      const begun = performance.now();
      await single.get(key, never);
      times.push(performance.now() - begun);
    }
    results[name].hits.push(median(times));

    const begun = performance.now();
    const left = keys.slice(1);
    const work = async () => {
      for (let key; (key = left.pop()) !== undefined;) await wide.get(key, never);
    };
    await Promise.all(Array.from({ length: WIDTH }, work));
    results[name].rates.push(((KEYS - 1) / (performance.now() - begun)) * 1000);

    if (round === 0) {
      results[name].questions = await questionsOf(make);
      results[name].loads = await loadsOf(make);
    }
    for (const node of [writer, single, wide]) await node.close();
  }
}

/** What is asked of Redis for one operation of each kind, as if nobody else asked. */
async function questionsOf(make) {
  const prefix = `bench-${run} questions`;
  const [a, b] = [make(server.port, prefix), make(server.port, prefix)];
  await Promise.all([a, b].map((node) => node.get('warm', async () => value)));
  await sleep(300);
  const watch = await monitor(server.port);
  const counted = async (act) => {
    const [times, before] = [50, watch.count()];
    for (let index = 0; index < times; index += 1) await act(`k ${index}`);
    await Promise.all([a.settled(), b.settled()]);
    await sleep(100);
    return (watch.count() - before) / times;
  };
  const load = await counted((key) => a.get(key, async () => value));
  const hit = await counted((key) => b.get(key, never));
  const set = a.set && (await counted((key) => a.set(key, value)));
  const remove = await counted((key) => a.remove(key));
  watch.close();
  for (const node of [a, b]) await node.close();
  return { load, hit, set, remove };
}

/** How often the loader is called for 1,000 callers of one key in three nodes. */
async function loadsOf(make) {
  const prefix = `bench-${run} crowd`;
  const nodes = [1, 2, 3].map(() => make(server.port, prefix));
  await Promise.all(nodes.map((node) => node.get('warm', async () => value)));
  let loads = 0;
  const load = async () => ((loads += 1), await sleep(200), value);
  await Promise.all(Array.from({ length: 1000 }, (_, caller) => nodes[caller % 3].get('crowd', load)));
  for (const node of nodes) await node.close();
  return loads;
}

const ours = results.keylatch;
const ratio = (mine, other) => `${(mine / other).toFixed(2)}`;
for (const [name, { hits, rates, questions, loads }] of Object.entries(results)) {
  const number = (count) => (count === undefined ? '' : count.toFixed(1));
  rows.push({
    cache: name,
    'questions for a load': number(questions.load),
    'a value in Redis': number(questions.hit),
    set: number(questions.set),
    remove: number(questions.remove),
    'its time': ratio(median(hits), median(ours.hits)),
    '64 at once, a second': ratio(median(rates), median(ours.rates)),
    'loads for 1,000 callers': loads,
  });
}
console.log(
  `What is asked of Redis, with what the feed or the bus takes in two nodes; times and rates as ratios to keylatch's, medians of ${ROUNDS} rounds`,
);
console.table(rows);
console.log(
  `keylatch: ${(1000 * median(ours.hits)).toFixed(0)} µs a value, ${Math.round(median(ours.rates))} a second`,
);
await server.stop();
process.exit();
