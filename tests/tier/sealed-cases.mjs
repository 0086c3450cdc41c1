// What a sealed store promises: a function for each promise, which takes what pkg-template/src/tier/sealed.ts exports.

import assert from 'node:assert';
import { MemoryStore } from './sources.mjs';

const LONG = 600_000;
const signal = new AbortController().signal;
const bytes = (text) => new TextEncoder().encode(text);

/** A record. */
const record = (id, value, concerns = []) => ({
  data: bytes(value),
  concerns: [id, 'everything', ...concerns],
  life: LONG,
});

/** A node of a sealed store. */
function node({ sealed }, store, key, options) {
  const tampered = [];
  const sealing = sealed(store, key, { onTampered: (id) => tampered.push(id), ...options });
  return {
    store: sealing,
    tampered,
    get: async (id) => {
      const found = (await sealing.read([id], signal)).records[0];
      // The callback runs soon afterwards.
      await undefined;
      return found && new TextDecoder().decode(found.data);
    },
    position: () => sealing.read([], signal),
    write: async (id, value, since, concerns) =>
      (await sealing.write(id, record(id, value, concerns), { since }, signal)).result,
    put: (id, value, concerns) => sealing.put(id, record(id, value, concerns), { keep: LONG }, signal),
    drop: (...marks) => sealing.drop(marks, { soft: false, keep: LONG }, signal),
  };
}

/**
 * A store in memory whose owner reads and changes what is in it: `inside` has the records by their names, and `tell` what
 * every call had as its arguments and its answer.
 */
function opened(override = {}) {
  const memory = new MemoryStore();
  const inside = new Map();
  const told = [];
  const store = { capabilities: memory.capabilities };
  for (const name of ['read', 'write', 'put', 'drop', 'changes', 'renew', 'turn', 'endTurn']) {
    store[name] = async (...words) => {
      const answer = await (override[name] ?? ((...words) => memory[name](...words)))(...words);
      told.push(words, answer);
      if (name === 'write' || name === 'put') inside.set(words[0], { ...words[1], since: answer.sequence });
      if (name !== 'read') return answer;
      // The owner's changes come with the answer.
      const records = answer.records.map((found, index) => {
        const other = store.changed?.(words[0][index], found);
        return other === undefined ? found : other;
      });
      return { ...answer, records };
    };
  }
  return Object.assign(store, { memory, inside, told });
}

/** All bytes and texts in something, as one text. */
function flat(value) {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1');
  if (typeof value === 'string') return `${value} ${Buffer.from(value, 'base64').toString('latin1')}`;
  if (value instanceof AbortSignal || typeof value !== 'object' || value === null) return String(value);
  return Object.values(value).map(flat).join('\n');
}

export const PROMISES = {
  'the store sees neither values nor names': async (made) => {
    const store = opened();
    const { put, write, drop, position, get, store: sealing } = node(made, store, await made.newKey());
    const start = await position();
    await put('secret id', 'secret value', ['secret tag']);
    await write('secret id 2', 'secret value', await position(), ['secret tag']);
    assert.equal(await get('secret id 2'), 'secret value');
    await drop('secret tag');
    await sealing.turn('secret id', { lease: 1, node: 'n' }, signal);
    const { changes } = await sealing.changes(start, 0, signal);
    assert.deepEqual(
      changes.map(({ marks }) => marks),
      [['secret id'], ['secret tag']],
    );
    assert.doesNotMatch(flat(store.told), /secret/);
  },

  'a byte that is altered, anywhere, makes a miss': async (made) => {
    const store = opened();
    const { put, get, tampered } = node(made, store, await made.newKey());
    await put('a', 'a value');
    const [length] = [...store.inside.values()].map(({ data }) => data.length);
    assert.equal(length, 12 + 'a value'.length + 16);
    for (let place = 0; place < length; place += 1) {
      for (const bit of [1, 128]) {
        store.changed = (_, found) => ({
          ...found,
          data: found.data.map((byte, at) => (at === place ? byte ^ bit : byte)),
        });
        assert.equal(await get('a'), undefined, `byte ${place}`);
      }
    }
    for (let end = 1; end < length; end += 1) {
      store.changed = (_, found) => ({ ...found, data: found.data.slice(0, end) });
      assert.equal(await get('a'), undefined, `the first ${end} bytes`);
    }
    store.changed = (_, found) => ({ ...found, data: Uint8Array.of(...found.data, 0) });
    assert.equal(await get('a'), undefined, 'one byte more');
    assert.equal(tampered.length, 3 * length);
    assert.ok(tampered.every((id) => id === 'a'));
    store.changed = undefined;
    assert.equal(await get('a'), 'a value');
  },

  'a record that is moved to another id is a miss': async (made) => {
    const store = opened();
    const { write, position, get, tampered } = node(made, store, await made.newKey());
    const since = await position();
    await write('a', 'a', since);
    await write('b', 'b', since);
    const [a, b] = [...store.inside.keys()];
    store.changed = (name, found) => ({ ...found, data: store.inside.get(name === a ? b : a).data });
    assert.deepEqual([await get('a'), await get('b')], [undefined, undefined]);
    assert.deepEqual(tampered, ['a', 'b']);
  },

  'a record with another number is a miss': async (made) => {
    for (const kind of ['put', 'write']) {
      const store = opened();
      const { put, write, position, drop, get, tampered } = node(made, store, await made.newKey());
      if (kind === 'put') await put('a', 'old');
      else await write('a', 'old', await position());
      const [name] = store.inside.keys();
      const { data } = store.inside.get(name);
      await drop('a');
      const { sequence } = await put('a', 'new');
      // The old record passes every mark if it may have a new number.
      store.changed = (_, found) => ({ ...found, data, since: sequence });
      assert.equal(await get('a'), undefined, kind);
      assert.deepEqual(tampered, ['a'], kind);
    }
  },

  'a record of another epoch is a miss': async (made) => {
    const store = opened();
    const { write, position, get, tampered, store: sealing } = node(made, store, await made.newKey());
    const since = await position();
    await write('a', 'old', since);
    const [{ data }] = store.inside.values();
    const { epoch, sequence } = await sealing.wipe(signal);
    assert.notEqual(epoch, since.epoch);
    assert.equal(await get('a'), undefined);
    assert.deepEqual(tampered, []);
    store.changed = () => ({ data, since: since.sequence, hard: 0, soft: 0, softAt: 0 });
    assert.equal(await get('a'), undefined);
    store.changed = () => ({ data, since: sequence, hard: 0, soft: 0, softAt: 0 });
    assert.equal(await get('a'), undefined);
    assert.deepEqual(tampered, ['a', 'a']);
  },

  'the same value is sealed in another way each time': async (made) => {
    const store = opened();
    const { write, position } = node(made, store, await made.newKey());
    const since = await position();
    const beginnings = new Set();
    for (let round = 0; round < 50; round += 1) {
      await write('a', 'the same', since);
      const [{ data }] = store.inside.values();
      beginnings
        .add(Buffer.from(data.subarray(0, 12)).toString('hex'))
        .add(Buffer.from(data.subarray(12)).toString('hex'));
    }
    assert.equal(beginnings.size, 100);
    assert.equal(store.inside.size, 1, 'under the same name');
  },

  'names of about the same length have the same length': async (made) => {
    const store = opened();
    const { write, position } = node(made, store, await made.newKey());
    const since = await position();
    for (let length = 0; length <= 30; length += 1) await write('x'.repeat(length), 'x', since);
    assert.equal(new Set([...store.inside.keys()].map(({ length }) => length)).size, 1);
  },

  'a value that is being set is not there yet, and no fault': async (made) => {
    let isCut = true;
    const store = opened({
      write: async (...words) => {
        if (isCut) throw new Error('cut off');
        return store.memory.write(...words);
      },
    });
    const key = await made.newKey();
    const { put, get, write, position, tampered } = node(made, store, key);
    await assert.rejects(put('a', 'a'), /cut off/);
    assert.equal(await get('a'), undefined);
    assert.deepEqual(tampered, []);
    isCut = false;
    assert.equal(await write('a', 'loaded', await position()), 'stored');
    assert.equal(await get('a'), 'loaded');
  },

  'an invalidation in the middle of a put wins': async (made) => {
    let meanwhile = async () => {};
    const store = opened({
      write: async (...words) => {
        await meanwhile();
        return store.memory.write(...words);
      },
    });
    const key = await made.newKey();
    const one = node(made, store, key);
    const two = node(made, store, key);
    for (const mark of ['a', 'tag']) {
      meanwhile = async () => {
        meanwhile = async () => {};
        await two.drop(mark);
      };
      assert.equal((await one.put('a', 'a', ['tag'])).result, 'stored');
      assert.equal(await two.get('a'), undefined, mark);
    }
    meanwhile = async () => {
      meanwhile = async () => {};
      await two.put('a', 'newer');
    };
    await one.put('a', 'older');
    assert.equal(await one.get('a'), 'newer');
  },

  'another key and another context see nothing': async (made) => {
    const store = opened();
    const key = await made.newKey();
    const one = node(made, store, key, { context: 'one' });
    const others = [node(made, store, key), node(made, store, await made.newKey(), { context: 'one' })];
    const start = await one.position();
    await one.put('a', 'a');
    for (const other of others) {
      assert.equal(await other.get('a'), undefined);
      assert.deepEqual(other.tampered, []);
      const { isTrimmed, changes } = await other.store.changes(start, 0, signal);
      assert.deepEqual([isTrimmed, changes], [true, []], 'any mark could have been made');
    }
    assert.equal(await node(made, store, key, { context: 'one' }).get('a'), 'a');
  },

  'a key takes the place of another without a gap': async (made) => {
    const store = opened();
    const [first, second] = [await made.newKey(), await made.newKey()];
    const old = node(made, store, first);
    const both = node(made, store, { current: second, previous: [first] });
    await old.put('a', 'a', ['tag']);
    assert.equal(await both.get('a'), 'a', 'what was sealed before');
    // While some nodes have only the old key, each side invalidates what the other has stored.
    const early = await both.position();
    await old.drop('tag');
    assert.equal(await both.get('a'), undefined);
    assert.equal(await both.write('a', 'late', early, ['tag']), 'fenced');
    await old.put('a', 'old', ['tag']);
    await both.drop('tag');
    assert.equal(await old.get('a'), undefined);
    await old.put('a', 'old');
    const put = await both.put('a', 'new');
    assert.deepEqual([await both.get('a'), await old.get('a')], ['new', undefined]);
    assert.equal((await both.store.read(['a'], signal)).records[0].since, put.sequence);
    // A newer value of an old node.
    await old.put('a', 'newest');
    assert.equal(await both.get('a'), 'newest');
    await both.drop('a');
    assert.deepEqual([await both.get('a'), await old.get('a')], [undefined, undefined]);
    await both.put('a', 'a', ['tag']);
    const later = node(made, store, second);
    assert.equal(await later.get('a'), 'a', 'without the old key');
    await later.drop('tag');
    assert.equal(await both.get('a'), undefined);
    assert.deepEqual([...old.tampered, ...both.tampered, ...later.tampered], []);
  },

  'a passphrase makes the same key again': async (made) => {
    const store = opened();
    const salt = crypto.getRandomValues(new Uint8Array(16));
    const make = (passphrase, from = salt, iterations = 1000) =>
      made.keyFromPassphrase(passphrase, from, { iterations });
    await node(made, store, await make('se\u0301same')).put('a', 'a');
    assert.equal(await node(made, store, await make('s\u00e9same')).get('a'), 'a', 'the same letters');
    assert.equal(await node(made, store, await make('sesame')).get('a'), undefined);
    assert.equal(
      await node(
        made,
        store,
        await make(
          's\u00e9same',
          salt.map((byte) => byte ^ 1),
        ),
      ).get('a'),
      undefined,
    );
    assert.equal(await node(made, store, await make('s\u00e9same', salt, 1001)).get('a'), undefined);
  },

  'keys cannot be read': async (made) => {
    for (const key of [await made.newKey(), await made.keyFromPassphrase('a', new Uint8Array(16), { iterations: 1 })]) {
      assert.equal(key.extractable, false);
      assert.deepEqual([...key.usages], ['deriveKey']);
      await assert.rejects(crypto.subtle.exportKey('raw', key));
    }
  },

  'wrong arguments are refused': async (made) => {
    const store = new MemoryStore();
    const key = await made.newKey();
    const aes = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
    for (const wrong of [undefined, null, 'key', {}, aes, { current: key, previous: [aes] }]) {
      assert.throws(() => made.sealed(store, wrong), TypeError);
    }
    assert.throws(() => made.sealed(undefined, key), TypeError);
    const salt = new Uint8Array(16);
    const calls = [
      ['', salt],
      ['a', new Uint8Array(15)],
      ['a'],
      ['a', salt, { iterations: 0 }],
      ['a', salt, { iterations: 1.5 }],
    ];
    for (const words of calls) await assert.rejects(made.keyFromPassphrase(...words), TypeError);
  },

  'what the callback throws reaches no reader': async (made) => {
    const store = opened();
    const listeners = process.listeners('uncaughtException');
    const { error } = console;
    const printed = [];
    process.removeAllListeners('uncaughtException');
    console.error = (error) => printed.push(error.message);
    try {
      const onTampered = (id) => {
        throw new Error(`about ${id}`);
      };
      const { put, get } = node(made, store, await made.newKey(), { onTampered });
      await put('a', 'a');
      store.changed = (_, found) => ({ ...found, data: Uint8Array.of(1) });
      assert.equal(await get('a'), undefined);
      assert.deepEqual(printed, ['about a']);
    } finally {
      console.error = error;
      for (const listener of listeners) process.on('uncaughtException', listener);
    }
  },
};
