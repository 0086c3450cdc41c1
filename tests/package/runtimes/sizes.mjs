// The built-in sizes beside what V8's heap takes: node --expose-gc.

import assert from 'node:assert';
import { Cache } from 'keylatch';
import { report } from './report.mjs';

/** A string as it comes from outside, not as a list of parts. */
const flat = (string) => Buffer.from(string).toString();
const parsed = (value) => JSON.parse(JSON.stringify(value));
const text = (index) => `${index} of some that are as long as names and addresses are`;

/** Documents of several shapes. */
const SHAPES = {
  'a DID document': (index) =>
    parsed({
      '@context': ['https://www.w3.org/ns/did/v1'],
      id: `did:web:example${index}.com`,
      verificationMethod: [
        { id: `#key-${index}`, publicKeyJwk: { kty: 'EC', crv: 'P-256', x: text(index), y: text(-index) } },
      ],
      created: 1_700_000_000_000 + index,
      deactivated: false,
    }),
  rows: (index) =>
    parsed(
      Array.from({ length: 20 }, (_, row) => ({ id: index + row, name: text(row), active: true, tags: [`${index}`] })),
    ),
  'a list of numbers': (index) => parsed(Array.from({ length: 50 }, (_, place) => place + index)),
  'a long text': (index) => flat(text(index).repeat(100)),
  'a long text in Cyrillic': (index) => flat(`текст ${index} `.repeat(100)),
  'a Map': (index) => new Map(Array.from({ length: 30 }, (_, place) => [flat(`key ${place} of ${index}`), place])),
  'a Set': (index) => new Set(Array.from({ length: 30 }, (_, place) => flat(`key ${place} of ${index}`))),
  'a view of a large buffer': () => new Uint8Array(100_000).subarray(5, 10),
};

/** How much is measured at once. Functions that V8 compiles and forgets meanwhile make a difference of some 0.3 MB. */
const MEASURED = 10_000_000;
/** The median of so many measurements counts. */
const ROUNDS = 3;

/** What the heap holds once everything is collected. Some of what is free is given back beside the program. */
async function held() {
  for (let round = 0; round < 4; round += 1) {
    globalThis.gc();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** What so many values take in V8's heap, each. */
async function taken(make, count) {
  const values = Array.from({ length: count }, () => null);
  const before = await held();
  for (let index = 0; index < count; index += 1) values[index] = make(index);
  return { values, bytes: ((await held()) - before) / count };
}

/** What a value counts for in the cache, and what it takes. */
async function compare(make) {
  const size = (values) => {
    const cache = new Cache({ maxSize: 1e12 });
    values.forEach((value, index) => cache.set(index, value));
    return cache.stats().size / values.length;
  };
  const counted = size((await taken(make, 100)).values);
  const rounds = [];
  for (let round = 0; round < ROUNDS; round += 1) rounds.push((await taken(make, Math.ceil(MEASURED / counted))).bytes);
  rounds.sort((one, other) => one - other);
  return { counted, rounds, ratio: counted / rounds[ROUNDS >> 1] };
}

const tests = Object.entries(SHAPES).map(([name, make]) => [
  name,
  async () => {
    const { counted, rounds, ratio } = await compare(make);
    const found = `counts ${Math.round(counted)} bytes, and takes ${rounds.map(Math.round).join(', ')}`;
    assert.ok(ratio > 0.8 && ratio < 1.4, found);
  },
]);
await report(Object.fromEntries(tests));
