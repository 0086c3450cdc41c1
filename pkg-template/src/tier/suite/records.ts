// What is stored comes back, for as long as it lives.

import { ALL, LONG, check, rejects, same } from './probe.js';
import type { Case } from './probe.js';

/** Texts that a careless store mixes up. */
const NAMES = [
  '', ' ', '0', 'a', 'A', 'a ', 'a:b', 'a*', '{a}', '"a"', '\\', '\\ud800', '\ud800', '\udc00', '\ufffd', '\u0000', 'a\n', '\n',
  '__proto__', 'constructor', '\u00e9', 'e\u0301', '\u{1f511}', 'x'.repeat(10_000),
]; // prettier-ignore

const BYTES = [
  [],
  [0],
  [0xef, 0xbb, 0xbf, 0x61],
  [0xc3, 0x28],
  [0xed, 0xa0, 0x80],
  Array.from({ length: 256 }, (_, byte) => byte),
  [...new TextEncoder().encode('{"a":1}')],
  [...new TextEncoder().encode('rue')],
  [...new TextEncoder().encode('17')],
  Array.from({ length: 100_000 }, (_, at) => (at * 7) % 256),
];

export const RECORDS: Record<string, Case> = {
  'an answer has an epoch, a whole number and a time': async (node) => {
    const { epoch, sequence, now } = await node.position();
    check(typeof epoch === 'string' && epoch !== '', 'epoch: expected a text');
    check(Number.isSafeInteger(sequence) && sequence >= 0, `sequence: expected a whole number, got ${sequence}`);
    check(Number.isFinite(now), `now: expected a number, got ${now}`);
    const later = await node.other.position();
    // Where nobody counts, the number may be a time.
    const isCounted = node.store.capabilities.fence;
    same([later.epoch, isCounted ? later.sequence : sequence], [epoch, sequence], 'what another node sees');
  },

  'time passes': async (node, { wait }) => {
    const { now } = await node.position();
    await wait(20);
    check((await node.position()).now > now, 'the store has a later time after a wait');
  },

  'records come in the order of the ids': async (node) => {
    const since = await node.position();
    for (const id of ['a', 'b']) await node.write(id, id, since);
    const { records } = await node.store.read(['b', 'none', 'a', 'b'], node.signal);
    const values = records.map((record) => record && new TextDecoder().decode(record.data));
    same(values, ['b', undefined, 'a', 'b'], 'the values');
    same((await node.store.read([], node.signal)).records, [], 'of no ids');
  },

  'every text is an id': async (node) => {
    const since = await node.position();
    await Promise.all(NAMES.map((name, index) => node.write(name, `${index}`, since)));
    const { records } = await node.other.store.read(NAMES, node.signal);
    same(
      records.map((record) => record && new TextDecoder().decode(record.data)),
      NAMES.map((_, index) => `${index}`),
      'the values',
    );
  },

  'every text is a mark': async (node) => {
    // Any two names differ in a bit of their index, so a store that mixes them up is found.
    for (let bit = 1; bit < NAMES.length; bit *= 2) {
      const isMarked = (_: unknown, index: number): boolean => (index & bit) > 0;
      const since = await node.position();
      const ids = NAMES.map((_, index) => `record ${index} for ${bit}`);
      await Promise.all(ids.map((id, index) => node.write(id, id, since, { concerns: [NAMES[index]!] })));
      await node.other.drop(NAMES.filter(isMarked));
      const { records } = await node.store.read(ids, node.signal);
      const invalid = records.map((record) => record === undefined || record.since < record.hard);
      same(invalid, NAMES.map(isMarked), 'which records are invalid');
    }
  },

  'data comes back byte for byte': async (node) => {
    const since = await node.position();
    const all = BYTES.map((bytes) => Uint8Array.from(bytes));
    const write = (data: Uint8Array, index: number): Promise<unknown> =>
      node.store.write(`${index}`, { data, concerns: [], life: LONG }, { since }, node.signal);
    await Promise.all(all.map(write));
    // A part of a larger buffer, which the caller uses again.
    const buffer = Uint8Array.of(9, 1, 2, 9);
    const part = write(buffer.subarray(1, 3), all.length);
    buffer.fill(7);
    await part;
    const read = (): ReturnType<typeof node.store.read> =>
      node.other.store.read([...all.keys(), all.length].map(String), node.signal);
    const { records } = await read();
    same(
      records.map((record) => record && Array.from(record.data)),
      [...BYTES, [1, 2]],
      'the data',
    );
    check(
      records.every((record) => record!.data instanceof Uint8Array),
      'data: expected instances of Uint8Array',
    );
    records.at(-1)!.data.fill(7);
    same(Array.from((await read()).records.at(-1)!.data), [1, 2], 'the data, after a reader has changed what it got');
  },

  'many concerns, and many marks at once': async (node) => {
    const names = Array.from({ length: 10_000 }, (_, index) => `tag ${index}`);
    const since = await node.position();
    same((await node.write('a', 'old', since, { concerns: names })).result, 'stored', 'the write');
    same(await node.get('a'), 'old', 'the value');
    await node.drop(names.slice(0, -1).map((name) => `${name}, another`));
    same(await node.get('a'), 'old', 'the value, after marks that do not concern it');
    await node.drop(names.slice(-1));
    same(await node.get('a'), undefined, 'the value, after the last mark that concerns it');
  },

  'a record lives as long as it was told to': async (node) => {
    const since = await node.position();
    const { now } = await node.write('a', 'a', since, { life: 500 });
    await node.write('b', 'b', since, { life: Infinity });
    const put = await node.put('c', 'c', { life: 500 });
    const read = await node.store.read(['a'], node.signal);
    check(read.now >= now + 500 || read.records[0] !== undefined, 'the record is there before its end');
    await node.until(put.now + 1500);
    same([await node.get('a'), await node.get('b'), await node.get('c')], [undefined, 'b', undefined], 'the values');
  },

  'a record that is written again has a new life': async (node) => {
    const since = await node.position();
    const { now } = await node.write('a', 'short', since, { life: 2000 });
    await node.write('a', 'long', since, { life: Infinity });
    await node.write('b', 'long', since, { life: Infinity });
    const second = await node.write('b', 'short', since, { life: 300 });
    await node.put('c', 'short', { life: 2000 });
    const third = await node.put('c', 'long', { life: Infinity });
    await node.until(Math.max(now + 3000, second.now + 1300, third.now + 3000));
    same([await node.get('a'), await node.get('b'), await node.get('c')], ['long', undefined, 'long'], 'the values');
  },

  'a life has fractions, and may be very long': async (node) => {
    const since = await node.position();
    for (const life of [0.25, 1.5, 1e12, 1e18]) {
      same((await node.write('a', 'a', since, { life })).result, 'stored', `a life of ${life}`);
    }
    same(await node.get('a'), 'a', 'the value');
    const { now } = await node.write('b', 'b', since, { life: 0.25 });
    await node.until(now + 1000);
    same(await node.get('b'), undefined, 'the value with a life of 0.25');
  },

  'a record carries the number of its load': async (node) => {
    const since = await node.position();
    await node.drop(['unrelated']);
    await node.write('a', 'a', since);
    const record = await node.record('a');
    same(record?.since, since.sequence, 'since');
    check(record!.hard <= since.sequence, 'no hard mark is above it');
    same([record?.soft, record?.softAt], [0, 0], 'no soft mark');
  },

  'an aborted signal ends the wait at once': async (node) => {
    const reason = new Error('enough');
    const signal = AbortSignal.abort(reason);
    const record = { data: new Uint8Array(), concerns: [ALL], life: LONG };
    const since = await node.position();
    const { store } = node;
    const calls = {
      read: store.read(['a'], signal),
      write: store.write('a', record, { since }, signal),
      put: store.put('a', record, { keep: LONG }, signal),
      drop: store.drop(['a'], { soft: false, keep: LONG }, signal),
      renew: store.renew(since.epoch, 0, signal),
      changes: store.changes?.(since, LONG, signal),
      turn: store.turn?.('a', { lease: LONG, node: 'n' }, signal),
      endTurn: store.endTurn?.('a', 1, signal),
    };
    const checks = Object.entries(calls).map(([name, call]) => call && rejects(call, reason, name));
    await Promise.all(checks);
  },
};
