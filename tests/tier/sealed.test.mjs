// Sealed stores.

import assert from 'node:assert';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { remove, save } from './browser/databases.mjs';
import { load } from './bundle.mjs';
import './fake.mjs';
import { PROMISES } from './sealed-cases.mjs';
import { MemoryStore, storeSuite } from './sources.mjs';
import { VirtualClock } from './virtual-clock.mjs';

const { idb } = await load('idb');
const sealing = await load('sealed');
const { newKey, sealed } = sealing;
const [key, previous] = [await newKey(), await newKey()];

let count = 0;

const inMemory = (key) => () => {
  const clock = new VirtualClock();
  const store = new MemoryStore({ clock, feedLength: 50 });
  return {
    store: sealed(store, key),
    other: sealed(store, key),
    wait: (milliseconds) => clock.pass(milliseconds),
    lose: async () => store.lose(),
    save: async () => {
      const back = store.save();
      return async () => back();
    },
    feedLength: 50,
  };
};

const inDatabase = (key) => () => {
  const name = `sealed ${(count += 1)}`;
  return {
    store: sealed(idb(name, { feedLength: 50 }), key),
    other: sealed(idb(name, { feedLength: 50 }), key),
    wait: (milliseconds) => sleep(milliseconds),
    lose: () => remove(name),
    save: () => save(name),
    feedLength: 50,
    close: () => remove(name),
  };
};

/** Takes seconds, in which the others would have to wait. */
const isLarge = ({ name }) => /many concerns/.test(name);

describe('sealed stores', { concurrency: 12 }, () => {
  const suites = {
    'sealed memory': storeSuite(inMemory(key)),
    'sealed IndexedDB': storeSuite(inDatabase(key)),
    // A put tells the feed of each key's name.
    'a sealed store with two keys': storeSuite(inMemory({ current: key, previous: [previous] })).filter(
      ({ name }) => !/the feed has every change/.test(name),
    ),
  };
  for (const [what, cases] of Object.entries(suites)) {
    for (const { name, run } of cases.filter((each) => !isLarge(each))) test(`${what}, ${name}`, run);
  }
});

describe('sealed stores, with names by the thousand', () => {
  for (const { name, run } of storeSuite(inMemory(key)).filter(isLarge)) test(`sealed memory, ${name}`, run);
});

describe('sealed', () => {
  for (const [name, run] of Object.entries(PROMISES)) test(`sealed: ${name}`, () => run(sealing));
});

/** Faults in the source, and the tests that notice them. */
const MUTANTS = {
  'binds no name': {
    file: 'sealed.ts',
    from: 'JSON.stringify([name, epoch, sequence])',
    to: 'JSON.stringify([epoch, sequence])',
    fails: ['a record that is moved to another id is a miss'],
  },
  'binds no number': {
    file: 'sealed.ts',
    from: 'JSON.stringify([name, epoch, sequence])',
    to: 'JSON.stringify([name, epoch])',
    fails: ['a record with another number is a miss'],
  },
  'binds no epoch': {
    file: 'sealed.ts',
    from: 'JSON.stringify([name, epoch, sequence])',
    to: 'JSON.stringify([name, sequence])',
    fails: ['a record of another epoch is a miss'],
  },
  'uses a random number twice': {
    file: 'sealed/keys.ts',
    from: 'iv: Bytes = crypto.getRandomValues(new Uint8Array(IV_LENGTH))',
    to: 'iv: Bytes = new Uint8Array(IV_LENGTH)',
    fails: ['the same value is sealed in another way each time'],
  },
  'shows how long names are': {
    file: 'sealed/keys.ts',
    from: 'const BLOCK = 32;',
    to: 'const BLOCK = 1;',
    fails: ['names of about the same length have the same length'],
  },
  'has one key for all contexts': {
    file: 'sealed/keys.ts',
    from: "['keylatch', VERSION, use, context]",
    to: "['keylatch', VERSION, use]",
    fails: ['another key and another context see nothing'],
  },
  'tells nothing of marks that it cannot read': {
    file: 'sealed.ts',
    from: 'changes.every(({ marks }) => marks.length > 0)',
    to: 'true',
    fails: ['another key and another context see nothing'],
  },
  'invalidates under one key': {
    file: 'sealed.ts',
    from: 'store.drop(await toNames(marks), options, signal)',
    to: 'store.drop(await Promise.all(marks.map(toCurrent)), options, signal)',
    fails: ['a key takes the place of another without a gap'],
  },
  'sets under one key': {
    file: 'sealed.ts',
    from: 'previous.length > 0',
    to: 'false',
    fails: ['a key takes the place of another without a gap'],
  },
  'takes the wrong place for a fault': {
    file: 'sealed.ts',
    from: 'if (!record?.data.length) return undefined;',
    to: 'if (!record) return undefined;',
    fails: ['a value that is being set is not there yet, and no fault'],
  },
  'takes letters as they are written': {
    file: 'sealed/keys.ts',
    from: ".normalize('NFKC')",
    to: '',
    fails: ['a passphrase makes the same key again'],
  },
};

describe('sealed, broken', () => {
  for (const [what, { fails, ...change }] of Object.entries(MUTANTS)) {
    test(`a broken sealed store: ${what}`, async () => {
      const broken = await load('sealed', { change });
      for (const name of fails) await assert.rejects(PROMISES[name](broken), assert.AssertionError, name);
    });
  }
});
