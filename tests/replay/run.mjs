// Whether the engine does natively, without WebAssembly and JavaScript, what it does in the package, with either, hit for hit:
// node tests/replay/run.mjs
//
// Streams made by code, and the traces in the folder that KEYLATCH_TRACES names (files NAME.u32.gz), are replayed by
// both: a get, and a set where it misses. Both have the same secrets, so they have to have as many hits.

import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Cache } from 'keylatch';
import { Cache as PortableCache } from 'keylatch/portable';
import { SEED, SEEDED, makeStream } from '../../bench/js/ratios/seeded.mjs';
import { listTraces, readTrace } from '../../bench/js/ratios/traces.mjs';

const start = promisify(execFile);
const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const work = join(root, 'target/replay');
const program = join(root, 'target/release/replay');

/** Sizes are from 1 to this, by the key: the twin of `LARGEST` in src/caller.rs. */
const LARGEST = 7;

const set = (number) => ({ size: 1 + (number % LARGEST) });

/** The policies: how a cache for so many entries is made, and the options of a set. */
const POLICIES = {
  tinylfu: { options: (max) => ({ max, policy: 'tinylfu' }) },
  lru: { options: (max) => ({ max, policy: 'lru' }) },
  sampled: { options: (max) => ({ maxSize: LARGEST * max, optimize: 'hits' }), set },
  'sampled-bytes': { options: (max) => ({ maxSize: LARGEST * max, optimize: 'bytes' }), set },
};
/** The entry points: with WebAssembly, and with JavaScript in its place. */
const PACKAGED = { keylatch: Cache, 'keylatch/portable': PortableCache };
const SIZES = [1, 30, 500, 4_000];
const LENGTH = 100_000;
/** Of a trace as many requests, in caches of these sizes. */
const TRACE = { length: 500_000, sizes: [300, 6_000] };

/** What is made of a key's number: the twins of `number` and `string` in src/main.rs. With the random numbers for a cache. */
const KEYS = {
  numbers: { make: (key) => key / 8 - 1000, random: [0x9e3779b9, 0x85ebca6b] },
  strings: { make: (key) => `clé 🗝 ${key}`, random: [7, 0xfffffffe] },
};

/** The hits of the package, by one of its entry points. */
function packaged(Cache, { requests, policy, entries, keys, random }) {
  const { options, set } = POLICIES[policy];
  const cache = new Cache(options(entries));
  const { make } = KEYS[keys];
  let hits = 0;
  const draws = withRandom(random, () => {
    for (const number of requests) {
      const key = make(number);
      const value = cache.get(key);
      if (value === undefined) cache.set(key, number, set?.(number));
      else if (value === number) hits += 1;
      else throw new Error('the cache gave a wrong answer: a key has another value');
    }
  });
  if (draws > (policy === 'lru' ? 0 : 1)) throw new Error(`the cache drew its secrets ${draws} times`);
  return { requests: requests.length, hits };
}

/** Runs something with these numbers in place of random ones, and returns how often they were asked for. */
function withRandom(numbers, run) {
  let draws = 0;
  const getRandomValues = (list) => {
    if (list.length !== numbers.length) throw new Error(`${list.length} random numbers were asked for`);
    draws += 1;
    list.set(numbers);
    return list;
  };
  Object.defineProperty(crypto, 'getRandomValues', { value: getRandomValues, configurable: true });
  try {
    run();
  } finally {
    delete crypto.getRandomValues;
  }
  return draws;
}

/** The hits of the engine by itself. */
async function native({ file, policy, entries, keys, random }) {
  const { stdout } = await start(program, [file, policy, entries, ...random, keys].map(String), { timeout: 60_000 });
  return JSON.parse(stdout);
}

/** The streams: their requests, and the sizes of the caches that replay them. */
function* streams() {
  for (const { stream } of SEEDED) yield { name: stream, requests: makeStream(stream, SEED, LENGTH), sizes: SIZES };
  const folder = process.env.KEYLATCH_TRACES;
  if (!folder) return;
  const { length, sizes } = TRACE;
  for (const { stream, file } of listTraces(folder)) {
    yield { name: `trace ${stream}`, requests: readTrace(file, { over: length, first: length }).requests, sizes };
  }
}

function* cases() {
  const file = join(work, 'requests.u32');
  for (const { name, requests, sizes } of streams()) {
    const bytes = Buffer.alloc(4 * requests.length);
    requests.forEach((key, index) => bytes.writeUInt32LE(key, 4 * index));
    writeFileSync(file, bytes);
    for (const policy in POLICIES) {
      for (const entries of sizes) {
        for (const [keys, { random }] of Object.entries(KEYS)) {
          yield {
            name: `${name}, ${policy}, ${entries} entries, ${keys}`,
            file,
            requests,
            policy,
            entries,
            keys,
            random,
          };
        }
      }
    }
  }
}

let [passed, failed, others] = [0, 0, 0];
function check(name, fits, found) {
  if (fits) passed += 1;
  else failed += 1;
  if (!fits) console.log(`FAILED ${name}: ${found}`);
}

const begun = performance.now();
mkdirSync(work, { recursive: true });
for (const each of cases()) {
  const theirs = await native(each);
  for (const [entry, Cache] of Object.entries(PACKAGED)) {
    const ours = packaged(Cache, each);
    const fits = ours.requests === theirs.requests && ours.hits === theirs.hits;
    check(each.name, fits, `${entry} has ${JSON.stringify(ours)}, the engine by itself ${JSON.stringify(theirs)}`);
  }
  const [first, second] = each.random;
  if (each.policy === 'tinylfu' && each.entries === 500 && each.keys === 'strings') {
    others += (await native({ ...each, random: [first + 1, second] })).hits === theirs.hits ? 0 : 1;
  }
}
// Otherwise nobody could tell whether the hashes are the same.
check('the secrets decide which hits there are', others > 0, 'other secrets gave as many hits everywhere');
const seconds = ((performance.now() - begun) / 1000).toFixed(2);
console.log(
  `replay: test result: ${failed ? 'FAILED' : 'ok'}. ${passed} passed; ${failed} failed; finished in ${seconds} s`,
);
process.exitCode = failed > 0 ? 1 : 0;
