// Stores that break one rule each, and the tests of the suite that notice it.

import assert from 'node:assert';
import { describe, test } from 'node:test';
import { MemoryStore, storeSuite } from './sources.mjs';
import { VirtualClock } from './virtual-clock.mjs';

const FENCED = 'fenced';

/** Breaks a store: what stands here is in the place of its methods. `state` is one for all nodes of the store. */
const BREAKS = {
  'forgets the numbers that it has given': {
    breaks: (store, state) => ({
      async drop(marks, options, signal) {
        state.known ??= (await store.read([], signal)).sequence;
        return { ...(await store.drop(marks, options, signal)), sequence: state.known };
      },
    }),
    fails: [
      'fence: an invalidation takes the next number, and nothing else takes one',
      'fence: numbers are given once',
    ],
  },
  'takes a number for a write': {
    breaks: (store) => ({
      async write(...call) {
        await store.drop(['nothing'], { soft: true, keep: 1 }, call.at(-1));
        const written = await store.write(...call);
        return written;
      },
    }),
    fails: ['fence: an invalidation takes the next number, and nothing else takes one'],
  },
  'compares with > instead of >=': {
    breaks: (store) => ({
      write: (id, record, { since, turn }, signal) =>
        store.write(id, record, { since: { ...since, sequence: since.sequence - 1 }, turn }, signal),
    }),
    fails: [
      'fence: a load that began after an invalidation is stored',
      'records: a record carries the number of its load',
    ],
  },
  'does not compare at all': {
    breaks: (store) => ({
      async write(id, record, { turn }, signal) {
        return store.write(id, record, { since: await store.read([], signal), turn }, signal);
      },
    }),
    fails: [
      'fence: a load that began before an invalidation is refused',
      'fence: a load cannot begin in the future',
      'fence: a forgotten mark still fences',
      'epochs: what belongs to another epoch is refused',
      'turns: who has lost the turn cannot write',
    ],
  },
  'looks at the mark of the id only': {
    breaks: (store) => {
      const own = (record) => ({ ...record, concerns: record.concerns.slice(0, 1) });
      return {
        write: (id, record, ...rest) => store.write(id, own(record), ...rest),
        put: (id, record, ...rest) => store.put(id, own(record), ...rest),
      };
    },
    fails: [
      'records: every text is a mark',
      'fence: marks hold whether or not a record has had them yet',
      'fence: an invalidation makes records invalid',
      'fence: a value that is set late is stored only if nothing has changed',
    ],
  },
  'marks only what is stored': {
    breaks: (store, state) => ({
      async write(id, record, ...rest) {
        for (const name of record.concerns) (state.names ??= new Set()).add(name);
        return store.write(id, record, ...rest);
      },
      async put(id, record, ...rest) {
        for (const name of record.concerns) (state.names ??= new Set()).add(name);
        return store.put(id, record, ...rest);
      },
      drop: (marks, ...rest) =>
        store.drop(
          marks.filter((name) => state.names?.has(name)),
          ...rest,
        ),
    }),
    fails: ['fence: marks hold whether or not a record has had them yet', 'feed: the feed has every change, in order'],
  },
  'forgets marks': {
    breaks: (store, state) => ({
      async drop(marks, options, signal) {
        const answer = await store.drop(marks, options, signal);
        for (const name of marks) (state.ends ??= new Map()).set(name, answer.now + options.keep);
        return answer;
      },
      async write(id, record, { since, turn }, signal) {
        const current = await store.read([], signal);
        const isForgotten = record.concerns.some((name) => state.ends?.get(name) < current.now);
        return store.write(id, record, { since: isForgotten ? current : since, turn }, signal);
      },
    }),
    fails: ['fence: a forgotten mark still fences'],
  },
  'forgets marks as soon as one wants it': {
    breaks: (store, state) => ({
      async drop(marks, { soft, keep }, signal) {
        if (keep < 1000) state.floor = (await store.read([], signal)).sequence;
        return store.drop(marks, { soft, keep }, signal);
      },
      async read(ids, signal) {
        const snapshot = await store.read(ids, signal);
        return {
          ...snapshot,
          records: snapshot.records.map((record) => (record?.since < state.floor ? undefined : record)),
        };
      },
    }),
    fails: ['fence: forgetting marks costs no record within its time'],
  },
  'soft marks fence': {
    breaks: (store) => ({
      drop: (marks, { keep }, signal) => store.drop(marks, { soft: false, keep }, signal),
    }),
    fails: ['fence: a soft mark makes records stale, and fences nothing', 'feed: the feed has every change, in order'],
  },
  'a soft mark takes the place of a hard one': {
    breaks: (store, state) => ({
      async drop(marks, options, signal) {
        const answer = await store.drop(marks, options, signal);
        state.soft ??= new Map();
        for (const name of marks) state.soft.set(name, options.soft ? answer.sequence : 0);
        return answer;
      },
      async write(id, record, { since, turn }, signal) {
        const isSoft = record.concerns.some((name) => state.soft?.get(name) > since.sequence);
        const from = isSoft ? await store.read([], signal) : since;
        return store.write(id, record, { since: from, turn }, signal);
      },
    }),
    fails: ['fence: a soft mark does not hide a hard one'],
  },
  'knows no time of soft marks': {
    breaks: (store) => ({
      async read(ids, signal) {
        const snapshot = await store.read(ids, signal);
        return { ...snapshot, records: snapshot.records.map((record) => record && { ...record, softAt: 0 }) };
      },
    }),
    fails: ['fence: a soft mark makes records stale, and fences nothing'],
  },
  'puts without a mark': {
    breaks: (store) => ({
      async put(id, record, { ifSince }, signal) {
        if (ifSince !== undefined) return store.put(id, record, { keep: 1e9, ifSince }, signal);
        const since = await store.read([], signal);
        return store.write(id, record, { since }, signal);
      },
    }),
    fails: [
      'fence: an invalidation takes the next number, and nothing else takes one',
      'fence: a value that is set fences older loads even when it is gone',
      'feed: the feed has every change, in order',
    ],
  },
  'gives a value that is set the number before its own': {
    breaks: (store) => ({
      async read(ids, signal) {
        const snapshot = await store.read(ids, signal);
        const early = (record) => record && { ...record, since: record.since - 1 };
        return { ...snapshot, records: snapshot.records.map(early) };
      },
    }),
    fails: ['fence: a value that is set is valid, and fences older loads'],
  },
  'fences puts by the record alone': {
    breaks: (store, state) => ({
      async put(id, record, options, signal) {
        const written = await store.put(id, record, options, signal);
        (state.marks ??= new Map()).set(id, written.sequence);
        return written;
      },
      async write(id, record, { since, turn }, signal) {
        const current = (await store.read([id], signal)).records[0];
        // After the life of what was set, its mark is gone.
        const isGone = current === undefined && state.marks?.get(id) > since.sequence;
        return store.write(id, record, { since: isGone ? await store.read([], signal) : since, turn }, signal);
      },
    }),
    fails: ['fence: a value that is set fences older loads even when it is gone'],
  },
  'puts without a comparison': {
    breaks: (store) => ({
      put: (id, record, { keep }, signal) => store.put(id, record, { keep }, signal),
    }),
    fails: [
      'fence: a value that is set late is stored only if nothing has changed',
      'fence: a load cannot begin in the future',
      'epochs: what belongs to another epoch is refused',
    ],
  },
  'the last to write wins': {
    breaks: (store) => ({
      async write(id, record, options, signal) {
        const written = await store.write(id, record, options, signal);
        const current = (await store.read([id], signal)).records[0];
        if (written.result !== FENCED || !(current?.since > options.since.sequence)) return written;
        return store.write(id, record, { since: await store.read([], signal) }, signal);
      },
    }),
    fails: ['fence: the newer of two loads stays'],
  },
  'does not change the epoch': {
    breaks: (store) => ({ renew: (epoch, signal) => store.read([], signal) }),
    fails: ['epochs: a new epoch makes everything invalid', 'epochs: an epoch is renewed once'],
  },
  'renews without a comparison': {
    breaks: (store) => ({
      renew: async (epoch, signal) => store.renew((await store.read([], signal)).epoch, signal),
    }),
    fails: ['epochs: an epoch is renewed once', 'feed: numbers without a change are no gap'],
  },
  'keeps records over epochs': {
    breaks: (store, state) => ({
      async read(ids, signal) {
        const snapshot = await store.read(ids, signal);
        const all = (state.records ??= new Map());
        const records = snapshot.records.map((record, index) => record ?? all.get(ids[index]));
        ids.forEach((id, index) => all.set(id, records[index]));
        return { ...snapshot, records };
      },
      async renew(epoch, signal) {
        const { records } = await store.read(['a', 'b'], signal);
        ['a', 'b'].forEach((id, index) => (state.records ??= new Map()).set(id, records[index]));
        return store.renew(epoch, signal);
      },
    }),
    fails: ['epochs: a new epoch makes everything invalid'],
  },
  'its counter goes down with a new epoch': {
    breaks: (store, state) => ({
      async renew(epoch, signal) {
        const answer = await store.renew(epoch, signal);
        return { ...answer, sequence: (state.low ??= 0) };
      },
    }),
    fails: ['epochs: a new epoch makes everything invalid'],
  },
  'keeps its epoch when it loses everything': {
    breaks: (store, state) => {
      const keep = (answer) => ({ ...answer, epoch: (state.epoch ??= answer.epoch) });
      return {
        read: async (...call) => keep(await store.read(...call)),
        put: async (...call) => keep(await store.put(...call)),
      };
    },
    fails: ['epochs: a store that has lost everything has a new epoch'],
  },
  'hides that it has gone back': {
    breaks: (store, state) => {
      const hide = (answer) => ({ ...answer, sequence: (state.top = Math.max(state.top ?? 0, answer.sequence)) });
      return {
        read: async (...call) => hide(await store.read(...call)),
        drop: async (...call) => hide(await store.drop(...call)),
      };
    },
    fails: ['epochs: a store that goes back shows it by its number, and a new epoch mends it'],
  },
  'tells changes out of order': {
    breaks: (store) => ({
      async changes(...call) {
        const news = await store.changes(...call);
        return { ...news, changes: news.changes.toReversed?.() ?? [...news.changes].reverse() };
      },
    }),
    fails: ['feed: the feed has every change, in order'],
  },
  'leaves a change out': {
    breaks: (store) => ({
      async changes(...call) {
        const news = await store.changes(...call);
        return { ...news, changes: news.changes.filter(({ sequence }) => sequence % 7 !== 0) };
      },
    }),
    fails: ['feed: an answer is complete up to its own number'],
  },
  'is ahead of its changes': {
    breaks: (store) => ({
      async changes(...call) {
        const news = await store.changes(...call);
        return { ...news, sequence: (await store.read([], call.at(-1))).sequence + 1 };
      },
    }),
    fails: ['feed: an answer is complete up to its own number'],
  },
  'does not notice that its feed is trimmed': {
    breaks: (store) => ({
      async changes(...call) {
        const news = await store.changes(...call);
        return { ...news, isTrimmed: false };
      },
    }),
    fails: [
      'feed: a feed that has forgotten something says so',
      'feed: the feed of another epoch is trimmed, and does not wait',
    ],
  },
  'takes a turn for a gap': {
    breaks: (store) => ({
      async changes(after, wait, signal) {
        const news = await store.changes(after, wait, signal);
        const isWhole = news.changes.length === 0 || news.changes[0].sequence === after.sequence + 1;
        return isWhole ? news : { ...news, isTrimmed: true };
      },
    }),
    fails: ['feed: numbers without a change are no gap'],
  },
  'does not wait for changes': {
    breaks: (store) => ({ changes: (after, wait, signal) => store.changes(after, 0, signal) }),
    fails: ['feed: a change ends the wait', 'feed: several can wait'],
  },
  'always waits': {
    breaks: (store) => ({ changes: (after, wait, signal) => store.changes(after, wait || 1e9, signal) }),
    fails: ['feed: a wait of 0 asks once'],
  },
  'waits for ever': {
    breaks: (store) => ({ changes: (after, wait, signal) => store.changes(after, wait && 1e9, signal) }),
    fails: ['feed: without a change, the answer comes after the wait'],
  },
  'does not hear the signal': {
    breaks: (store) => ({ changes: (after, wait) => store.changes(after, wait, new AbortController().signal) }),
    fails: [
      'records: an aborted signal ends the wait at once',
      'feed: a signal ends the wait for changes, and a later call waits again',
    ],
  },
  'has two holders of a turn': {
    breaks: (store) => ({
      turn: (id, { lease }, signal) => store.turn(id, { lease, node: 'one' }, signal),
    }),
    fails: ['turns: one node has the turn', 'turns: only one of many at once gets the turn'],
  },
  'anybody ends a turn': {
    breaks: (store, state) => ({
      async turn(id, ...rest) {
        const answer = await store.turn(id, ...rest);
        if (answer.turn !== undefined) state[id] = answer.turn;
        return answer;
      },
      endTurn: (id, turn, signal) => store.endTurn(id, state[id] ?? turn, signal),
    }),
    fails: ['turns: a turn that is given back is free'],
  },
  'a lease never ends': {
    breaks: (store) => ({ turn: (id, { node }, signal) => store.turn(id, { node, lease: 1e12 }, signal) }),
    fails: ['turns: a lease ends a turn', 'turns: one node has the turn'],
  },
  'numbers turns by themselves': {
    breaks: (store, state) => ({
      async turn(...call) {
        const answer = await store.turn(...call);
        return answer.turn === undefined ? answer : { ...answer, turn: (state.turns = (state.turns ?? 0) + 1) };
      },
    }),
    fails: ['turns: one node has the turn'],
  },
  'a refused turn takes a number': {
    breaks: (store) => ({
      async turn(id, options, signal) {
        const answer = await store.turn(id, options, signal);
        return answer.turn === undefined
          ? { ...answer, ...(await store.drop(['x'], { soft: true, keep: 1 }, signal)) }
          : answer;
      },
    }),
    fails: ['turns: one node has the turn'],
  },
  'who has lost the turn can write': {
    breaks: (store) => ({ write: (id, record, { since }, signal) => store.write(id, record, { since }, signal) }),
    fails: ['turns: who has lost the turn cannot write'],
  },
  'a node that asks again waits for itself': {
    breaks: (store, state) => ({
      turn: (id, { lease }, signal) =>
        store.turn(id, { lease, node: `${(state.node = (state.node ?? 0) + 1)}` }, signal),
    }),
    fails: ['turns: a node that asks again gets another turn'],
  },
  'sends texts as UTF-8': {
    breaks: (store) => {
      const send = (text) => text.toWellFormed?.() ?? new TextDecoder().decode(new TextEncoder().encode(text));
      const sent = (record) => ({ ...record, concerns: record.concerns.map(send) });
      return {
        read: (ids, signal) => store.read(ids.map(send), signal),
        write: (id, record, ...rest) => store.write(send(id), sent(record), ...rest),
        drop: (marks, ...rest) => store.drop(marks.map(send), ...rest),
      };
    },
    fails: [
      'records: every text is an id',
      'records: every text is a mark',
      'feed: the feed has every change, in order',
    ],
  },
  'keeps data as text': {
    breaks: (store) => ({
      write: (id, record, ...rest) =>
        store.write(id, { ...record, data: new TextEncoder().encode(new TextDecoder().decode(record.data)) }, ...rest),
    }),
    fails: ['records: data comes back byte for byte'],
  },
  'keeps the very data': {
    breaks: (store, state) => ({
      write: (id, record, ...rest) => {
        (state.data ??= new Map()).set(id, record.data);
        return store.write(id, record, ...rest);
      },
      async read(ids, signal) {
        const snapshot = await store.read(ids, signal);
        const records = snapshot.records.map(
          (record, index) => record && { ...record, data: state.data?.get(ids[index]) ?? record.data },
        );
        return { ...snapshot, records };
      },
    }),
    fails: ['records: data comes back byte for byte'],
  },
  'mixes up the order of records': {
    breaks: (store) => ({
      async read(ids, signal) {
        const snapshot = await store.read([...ids].sort(), signal);
        return snapshot;
      },
    }),
    fails: ['records: records come in the order of the ids', 'records: every text is an id'],
  },
  'takes few concerns': {
    breaks: (store) => ({
      write: (id, record, ...rest) => store.write(id, { ...record, concerns: record.concerns.slice(0, 8000) }, ...rest),
    }),
    fails: ['records: many concerns, and many marks at once'],
  },
  'records live for ever': {
    breaks: (store) => ({
      write: (id, record, ...rest) => store.write(id, { ...record, life: Infinity }, ...rest),
      put: (id, record, ...rest) => store.put(id, { ...record, life: Infinity }, ...rest),
    }),
    fails: ['records: a record lives as long as it was told to', 'records: a life has fractions, and may be very long'],
  },
  'lives end at a whole second': {
    breaks: (store) => ({
      write: (id, record, ...rest) =>
        store.write(id, { ...record, life: Math.floor(record.life / 1000) * 1000 }, ...rest),
    }),
    fails: ['records: a record lives as long as it was told to'],
  },
  'a record keeps its first life': {
    breaks: (store, state) => ({
      write: (id, record, ...rest) =>
        store.write(id, { ...record, life: ((state.lives ??= {})[id] ??= record.life) }, ...rest),
    }),
    fails: ['records: a record that is written again has a new life'],
  },
  'records carry the number of their write': {
    breaks: (store) => ({
      async write(id, record, options, signal) {
        const written = await store.write(id, record, options, signal);
        if (written.result === FENCED) return written;
        return store.write(id, record, { ...options, since: written }, signal);
      },
    }),
    fails: ['records: a record carries the number of its load'],
  },
  'has no time': {
    breaks: (store) => ({ read: async (...call) => ({ ...(await store.read(...call)), now: 1 }) }),
    fails: ['records: time passes'],
  },
  'each node has an epoch': {
    breaks: (store) => {
      const epoch = Math.random();
      return { read: async (...call) => ({ ...(await store.read(...call)), epoch: `${epoch}` }) };
    },
    fails: ['records: an answer has an epoch, a whole number and a time'],
  },
};

/** Two nodes of a store in memory, broken or not. */
function subject({ breaks } = {}) {
  const clock = new VirtualClock();
  const store = new MemoryStore({ clock, feedLength: 50 });
  const state = {};
  const node = () => {
    const plain = {};
    const methods = ['read', 'write', 'put', 'drop', 'changes', 'renew', 'turn', 'endTurn'];
    for (const name of methods) plain[name] = (...call) => store[name](...call);
    return { capabilities: store.capabilities, ...plain, ...breaks?.(store, state) };
  };
  return {
    store: node(),
    other: node(),
    wait: (milliseconds) => clock.pass(milliseconds),
    lose: async () => store.lose(),
    save: async () => {
      const back = store.save();
      return async () => back();
    },
    feedLength: 50,
  };
}

const NAMES = storeSuite(subject).map(({ name }) => name);

describe('broken stores', { concurrency: true }, () => {
  for (const [what, broken] of Object.entries(BREAKS)) {
    test(`a store that ${what}`, async () => {
      const cases = storeSuite(() => subject(broken), { limit: 500 });
      for (const name of broken.fails) assert.ok(NAMES.includes(name), `the suite has no test "${name}"`);
      const results = await Promise.all(
        cases.map(({ run }) =>
          run().then(
            () => true,
            () => false,
          ),
        ),
      );
      const failed = NAMES.filter((_, index) => !results[index]);
      for (const name of broken.fails)
        assert.ok(failed.includes(name), `the suite does not notice it: ${name}; but: ${failed}`);
    });
  }

  test('every test of the suite notices something', () => {
    const noticed = new Set(Object.values(BREAKS).flatMap(({ fails }) => fails));
    assert.deepEqual(
      NAMES.filter((name) => !noticed.has(name)),
      [],
    );
  });
});
