// The store in IndexedDB, in Node.

import assert from 'node:assert';
import { after, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { remove, save } from './browser/databases.mjs';
import './fake.mjs';
import { FAULTS } from './idb-faults.mjs';
import { load } from './bundle.mjs';
import { storeSuite } from './sources.mjs';

const { idb } = await load('idb');

describe('IndexedDB in Node', { concurrency: 20 }, () => {
  let count = 0;
  const make = () => {
    const name = `suite ${(count += 1)}`;
    return {
      store: idb(name, { feedLength: 50 }),
      other: idb(name, { feedLength: 50 }),
      wait: (milliseconds) => sleep(milliseconds),
      lose: () => remove(name),
      save: () => save(name),
      feedLength: 50,
      close: () => remove(name),
    };
  };
  for (const { name, run } of storeSuite(make)) test(`IndexedDB in Node, ${name}`, run);
});

// One after the other: they change what all have.
describe('IndexedDB with faults', () => {
  for (const [name, run] of Object.entries(FAULTS)) test(`IndexedDB: ${name}`, () => run(idb));
});

/** Faults in the store, and the tests that notice them. */
const MUTANTS = {
  'gives up at once': {
    file: 'idb/database.ts',
    from: 'if (tries++ > 0) throw error;',
    to: 'throw error;',
    fails: ['a connection that has broken is opened anew', 'a connection that the browser has closed is opened anew'],
  },
  'goes on with a broken connection': {
    file: 'idb/database.ts',
    from: 'if (this.#open === open) this.#open = undefined;',
    to: '',
    fails: ['a connection that the browser has closed is opened anew'],
  },
  'tries for too long': {
    file: 'idb/database.ts',
    from: 'tries++ > 0',
    to: 'tries++ > 5',
    fails: ['what does not work twice rejects, and works later'],
  },
  'waits for ever for a database': {
    file: 'idb/database.ts',
    from: 'opened, this.#limit)',
    to: 'opened)',
    fails: ['a database that does not open rejects in time, and works later'],
  },
  'keeps a connection that comes too late': {
    file: 'idb/database.ts',
    from: 'late.close()',
    to: 'late',
    fails: ['a connection that comes too late is closed'],
  },
  'holds on to a database that somebody deletes': {
    file: 'idb/database.ts',
    from: 'database.onversionchange = () => void this.#close(open);',
    to: '',
    fails: ['whoever deletes the database need not wait'],
  },
  'does what nobody waits for': {
    file: 'idb/database.ts',
    from: "signal[method]('abort', abort);",
    to: '',
    fails: ['what a signal ends while another tab is busy is not done later'],
  },
  'keeps its transactions while the page is frozen': {
    file: 'idb/database.ts',
    from: "document?.[method]('freeze', abort);",
    to: '',
    fails: ['a page that freezes gives its transaction up, and repeats it'],
  },
  'makes no room': {
    file: 'idb/database.ts',
    from: '[0, 0.25, 0.5]',
    to: '[]',
    fails: ['without room, what is over goes first, then what ends first'],
  },
  'makes room at any price': {
    file: 'idb/database.ts',
    from: '[0, 0.25, 0.5]',
    to: '[0, 0.25, 1]',
    fails: ['what finds no room rejects, and leaves some of the rest'],
  },
  'has the time of the machine': {
    file: 'idb/moment.ts',
    from: 'Math.max(time, Date.now() + ahead)',
    to: 'Date.now()',
    fails: ['a clock that goes back lengthens no life, no lease and no wait'],
  },
  'stands still when the clock goes back': {
    file: 'idb/moment.ts',
    from: 'state.ahead = Math.max(state.ahead, now - Date.now());',
    to: '',
    fails: ['a clock that goes back lengthens no life, no lease and no wait'],
  },
  'forgets that it has forgotten': {
    file: 'idb/moment.ts',
    from: 'state.floor = Math.max(state.floor, number);',
    to: '',
    fails: ['a clock that goes forward costs records, and brings nothing back'],
  },
  'removes no records': {
    file: 'idb/moment.ts',
    from: 'ends <= now && records-- > 0',
    to: 'false',
    fails: ['what is over is removed, a part with each operation'],
  },
  'remembers all changes': {
    file: 'idb/moment.ts',
    from: 'if (state.length <= feedLength) return false;',
    to: 'if (state.length > 0) return false;',
    fails: ['what is over is removed, a part with each operation'],
  },
  'keeps records without their marks': {
    file: 'idb/moment.ts',
    from: 'this.#records.clear();',
    to: '',
    fails: ['an object store that somebody has emptied is an empty store'],
  },
};

describe('IndexedDB, broken', () => {
  // Time limits of signals don't keep a process from ending.
  const timer = setInterval(() => {}, 1000);
  after(() => clearInterval(timer));
  for (const [what, { fails, ...change }] of Object.entries(MUTANTS)) {
    test(`a broken store in IndexedDB: ${what}`, async () => {
      const broken = await load('idb', { change });
      for (const name of fails) await assert.rejects(FAULTS[name](broken.idb), name);
    });
  }
});
