// Stores that return something else than what was stored.

const FENCED = 'fenced';

export const RECORDS = {
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
