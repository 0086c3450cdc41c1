// What goes wrong in a browser, as far as it can be had in Node: a function for each, which takes `idb`.

import assert from 'node:assert';
import { setTimeout as sleep } from 'node:timers/promises';
import { count, use } from './browser/databases.mjs';
import { IDBDatabase, IDBFactory, IDBObjectStore, IDBTransaction, replace } from './fake.mjs';

const LONG = 600_000;
let databases = 0;

/** A node of a new database, or of one that is there. */
function node(idb, options, name = `faults ${(databases += 1)}`) {
  const store = idb(name, options);
  const signal = () => AbortSignal.timeout(2000);
  const record = (value, { concerns = ['tag'], life = LONG } = {}) => ({
    data: new TextEncoder().encode(value),
    concerns,
    life,
  });
  return {
    store,
    name,
    get: async (id) => {
      const found = (await store.read([id], signal())).records[0];
      return found && new TextDecoder().decode(found.data);
    },
    position: () => store.read([], signal()),
    write: async (id, value, since, options) =>
      (await store.write(id, record(value, options), { since }, signal())).result,
    put: (id, value, options) => store.put(id, record(value, options), { keep: LONG, ...options }, signal()),
    drop: (marks, keep = LONG) => store.drop(marks, { soft: false, keep }, signal()),
    turn: (id, node, lease) => store.turn(id, { lease, node }, signal()),
  };
}

const failure = (name) => {
  throw new DOMException('as in the test', name);
};

/** Has the first transactions fail. */
const failing = (times, name) =>
  replace(IDBDatabase.prototype, 'transaction', (go, _, words) => ((times -= 1) >= 0 ? failure(name) : go(...words)));

/** The connection that some work uses, and what the work returns. */
async function connectionOf(work) {
  let connection;
  const undo = replace(IDBDatabase.prototype, 'transaction', (go, database, words) => {
    connection = database;
    return go(...words);
  });
  const result = await work().finally(undo);
  return { connection, result };
}

/** Deletes a database. Returns whether that had to wait for a connection, which is closed then. */
async function isBlocked(name, connection) {
  let isBlocked = false;
  const request = indexedDB.deleteDatabase(name);
  request.onblocked = () => {
    isBlocked = true;
    connection().close();
  };
  await new Promise((resolve) => (request.onsuccess = resolve));
  return isBlocked;
}

/** Has time be another one for a while. */
async function at(shift, work) {
  const undo = replace(Date, 'now', (go) => go() + shift);
  try {
    return await work();
  } finally {
    undo();
  }
}

export const FAULTS = {
  'a connection that has broken is opened anew': async (idb) => {
    for (const name of ['InvalidStateError', 'UnknownError', 'AbortError']) {
      const { put, get } = node(idb);
      await put('a', 'a');
      const undo = failing(1, name);
      try {
        assert.equal(await get('a'), 'a', name);
      } finally {
        undo();
      }
    }
  },

  'what does not work twice rejects, and works later': async (idb) => {
    const { put, get } = node(idb);
    await put('a', 'a');
    const undo = failing(2, 'UnknownError');
    try {
      await assert.rejects(get('a'), { name: 'UnknownError' });
    } finally {
      undo();
    }
    assert.equal(await get('a'), 'a');
  },

  'an operation that is repeated is done once': async (idb) => {
    const { put, position } = node(idb);
    const { sequence } = await position();
    let isFirst = true;
    const undo = replace(IDBObjectStore.prototype, 'put', (go, _, words) => {
      const request = go(...words);
      if (isFirst) queueMicrotask(() => request.transaction.abort());
      isFirst = false;
      return request;
    });
    try {
      await put('a', 'a');
    } finally {
      undo();
    }
    assert.equal((await position()).sequence, sequence + 1);
  },

  'a database that does not open rejects in time, and works later': async (idb) => {
    const { get, put } = node(idb, { openTimeout: 50 });
    const undo = replace(IDBFactory.prototype, 'open', () => ({}));
    try {
      await assert.rejects(get('a'), /has not opened within 50 ms/);
    } finally {
      undo();
    }
    await put('a', 'a');
    assert.equal(await get('a'), 'a');
  },

  'a connection that comes too late is closed': async (idb) => {
    const { get, name } = node(idb, { openTimeout: 20 });
    let late;
    const undo = replace(IDBFactory.prototype, 'open', (go, _, words) => {
      const request = {};
      late ??= () => {
        const real = go(...words);
        real.onupgradeneeded = () => ((request.result = real.result), request.onupgradeneeded());
        real.onsuccess = () => ((request.result = real.result), request.onsuccess());
        return real;
      };
      return request;
    });
    await assert.rejects(get('a')).finally(undo);
    const request = late();
    await sleep(20);
    assert.equal(await isBlocked(name, () => request.result), false);
  },

  'a signal ends the wait for a database that does not open': async (idb) => {
    const { store } = node(idb, { openTimeout: 1000 });
    const undo = replace(IDBFactory.prototype, 'open', () => ({}));
    try {
      const begun = performance.now();
      await assert.rejects(store.read(['a'], AbortSignal.timeout(50)), { name: 'TimeoutError' });
      assert.ok(performance.now() - begun < 900);
    } finally {
      undo();
    }
  },

  'what a signal ends while another tab is busy is not done later': async (idb) => {
    const { store, name, put, get } = node(idb);
    const { sequence } = await put('a', 'a');
    const stop = new AbortController();
    await use(name, async (database) => {
      const busy = database.transaction(['history', 'records'], 'readwrite');
      let isOver = false;
      const goOn = () => {
        if (!isOver) busy.objectStore('history').get(0).onsuccess = goOn;
      };
      goOn();
      const dropped = store.drop(['a'], { soft: false, keep: LONG }, stop.signal);
      await sleep(10);
      isOver = true;
      stop.abort(new Error('enough'));
      await assert.rejects(dropped, /enough/);
    });
    await sleep(20);
    assert.equal(await get('a'), 'a');
    assert.equal((await put('b', 'b')).sequence, sequence + 1);
  },

  'a page that freezes gives its transaction up, and repeats it': async (idb) => {
    const { put, get } = node(idb);
    const { sequence } = await put('a', 'a');
    const page = new EventTarget();
    globalThis.document = page;
    let aborted = 0;
    const undo = [
      replace(IDBTransaction.prototype, 'abort', (go) => ((aborted += 1), go())),
      replace(IDBObjectStore.prototype, 'put', (go, _, words) => {
        if (aborted === 0) page.dispatchEvent(new Event('freeze'));
        return go(...words);
      }),
    ];
    try {
      assert.equal((await put('a', 'new')).sequence, sequence + 1);
    } finally {
      for (const each of undo) each();
      delete globalThis.document;
    }
    assert.ok(aborted > 0);
    assert.equal(await get('a'), 'new');
  },

  'whoever deletes the database need not wait': async (idb) => {
    const { put, get, name } = node(idb);
    const { result: before, connection } = await connectionOf(() => put('a', 'a'));
    assert.equal(await isBlocked(name, () => connection), false);
    assert.equal(await get('a'), undefined);
    assert.notEqual((await put('b', 'b')).epoch, before.epoch);
  },

  'a connection that the browser has closed is opened anew': async (idb) => {
    const { put, get } = node(idb);
    const { connection } = await connectionOf(() => put('a', 'a'));
    connection.close();
    assert.equal(await get('a'), 'a');
  },

  'an object store that somebody has emptied is an empty store': async (idb) => {
    const { put, get, position, write, name } = node(idb);
    const before = await put('a', 'a');
    await use(name, (database) => {
      const transaction = database.transaction('history', 'readwrite');
      transaction.objectStore('history').clear();
      return new Promise((resolve) => (transaction.oncomplete = resolve));
    });
    assert.notEqual((await position()).epoch, before.epoch);
    assert.equal(await get('a'), undefined);
    assert.equal(await write('a', 'old', before), 'fenced');
    assert.equal(await count(name, 'records'), 0);
  },

  'without room, what is over goes first, then what ends first': async (idb) => {
    const { put, get } = node(idb);
    await put('over', 'x', { life: 1 });
    for (let index = 0; index < 40; index += 1) await put(`${index}`, 'x', { life: 10_000 + index });
    let room = 0;
    let isFull = true;
    const undo = [
      replace(IDBObjectStore.prototype, 'delete', (go, _, words) => ((room += 1), go(...words))),
      replace(IDBObjectStore.prototype, 'put', (go, store, words) => {
        if (isFull && store.name === 'records' && room < 10) failure('QuotaExceededError');
        return go(...words);
      }),
    ];
    try {
      await put('new', 'new');
    } finally {
      isFull = false;
      for (const each of undo) each();
    }
    assert.equal(await get('new'), 'new');
    const left = await Promise.all(Array.from({ length: 40 }, (_, index) => get(`${index}`)));
    const gone = left.filter((value) => value === undefined).length;
    assert.ok(gone >= 9 && gone <= 12, `${gone} records are gone`);
    assert.ok(
      left.slice(0, gone).every((value) => value === undefined),
      'those that would end first',
    );
  },

  'what finds no room rejects, and leaves some of the rest': async (idb) => {
    const { put, get, position } = node(idb);
    for (let index = 0; index < 40; index += 1) await put(`${index}`, 'x', { life: 10_000 + index });
    const { sequence } = await position();
    const undo = replace(IDBObjectStore.prototype, 'put', (go, store, words) => {
      if (store.name === 'records') failure('QuotaExceededError');
      return go(...words);
    });
    try {
      await assert.rejects(put('new', 'new'), (error) => {
        assert.match(error.message, /no room for more in "faults \d+"/);
        return error.cause.name === 'QuotaExceededError';
      });
    } finally {
      undo();
    }
    assert.equal((await position()).sequence, sequence, 'nothing is done');
    assert.equal(await get('39'), 'x');
    assert.equal(await get('0'), undefined);
  },

  'a clock that goes back lengthens no life, no lease and no wait': async (idb) => {
    const { put, get, turn, position } = node(idb);
    const { now } = await put('a', 'a', { life: 200 });
    await turn('a', 'one', 200);
    await at(-3_600_000, async () => {
      await put('b', 'b');
      assert.ok((await position()).now >= now, 'the time of the store does not go back');
      await sleep(250);
      assert.equal(await get('a'), undefined);
      assert.notEqual((await turn('a', 'two', 200)).turn, undefined);
    });
    await at(-7_200_000, async () => {
      await put('c', 'c');
      assert.ok((await position()).now >= now + 250, 'nor a second time');
    });
  },

  'a clock that goes forward costs records, and brings nothing back': async (idb) => {
    const { put, get, write, drop, position } = node(idb);
    const since = await position();
    await put('a', 'a');
    await drop(['tag']);
    await at(3_600_000, async () => {
      assert.equal(await get('a'), undefined);
      // Forgets the mark.
      await drop(['other'], 100);
      await drop(['other'], 100);
      assert.equal(await write('a', 'old', since), 'fenced');
    });
    assert.equal(await write('a', 'old', since), 'fenced');
    assert.equal(await write('a', 'new', await position()), 'stored');
  },

  'what is over is removed, a part with each operation': async (idb) => {
    const { put, drop, turn, write, position, name } = node(idb, { feedLength: 5 });
    const since = await position();
    for (let index = 0; index < 100; index += 1) {
      await put(`${index}`, 'x', { life: 1, keep: 1 });
      await turn(`${index}`, 'one', 1);
    }
    await sleep(10);
    for (let index = 0; index < 10; index += 1) await drop(['tag'], 1);
    assert.equal(await count(name, 'records'), 0);
    // The state, five changes, and the mark that was made last; another one if both were made in one millisecond.
    assert.ok((await count(name, 'history')) <= 20, `${await count(name, 'history')}`);
    assert.equal(await write('a', 'old', since), 'fenced');
  },

  'nothing is done before the first operation': async (idb) => {
    const undo = replace(IDBFactory.prototype, 'open', () => assert.fail('opened'));
    try {
      idb('nothing');
      await sleep(5);
    } finally {
      undo();
    }
  },

  'wrong arguments are refused': async (idb) => {
    const wrong = [
      [1],
      ['a', { feedLength: 0 }],
      ['a', { poll: NaN }],
      ['a', { openTimeout: '1' }],
      ['a', { durability: 'no' }],
    ];
    for (const words of wrong) assert.throws(() => idb(...words), TypeError);
  },
};
