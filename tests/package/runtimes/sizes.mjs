// The built-in sizes beside what V8's heap takes: node --expose-gc.

import { Cache } from 'keylatch';

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

const COUNT = 1_000;

function held() {
  for (let round = 0; round < 4; round += 1) globalThis.gc();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** What each of many values takes in V8's heap. */
function taken(make) {
  const values = Array.from({ length: COUNT }, () => null);
  const before = held();
  for (let index = 0; index < COUNT; index += 1) values[index] = make(index);
  const after = held();
  return { values, bytes: (after - before) / COUNT };
}

for (const make of Object.values(SHAPES)) taken(make);
const measured = Object.entries(SHAPES).map(([name, make]) => ({ name, ...taken(make) }));
const failures = [];
let passed = 0;
for (const { name, values, bytes } of measured) {
  const cache = new Cache({ maxSize: 1e12 });
  values.forEach((value, index) => cache.set(index, value));
  const ratio = cache.stats().size / COUNT / bytes;
  if (ratio > 0.8 && ratio < 1.4) passed += 1;
  else failures.push({ name, error: `${Math.round(bytes)} bytes count ${ratio.toFixed(2)} times` });
}
console.log(JSON.stringify({ seed: 0, passed, failures }));
