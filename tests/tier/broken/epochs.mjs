// Stores that lose something, and tell nobody.

export const EPOCHS = {
  'does not change the epoch': {
    breaks: (store) => ({ renew: (epoch, atLeast, signal) => store.read([], signal) }),
    fails: ['epochs: a new epoch makes everything invalid', 'epochs: an epoch is renewed once'],
  },
  'renews without a comparison': {
    breaks: (store) => ({
      renew: async (epoch, atLeast, signal) => store.renew((await store.read([], signal)).epoch, atLeast, signal),
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
      async renew(epoch, atLeast, signal) {
        const { records } = await store.read(['a', 'b'], signal);
        ['a', 'b'].forEach((id, index) => (state.records ??= new Map()).set(id, records[index]));
        return store.renew(epoch, atLeast, signal);
      },
    }),
    fails: ['epochs: a new epoch makes everything invalid'],
  },
  'counts on from its own number alone': {
    breaks: (store) => ({ renew: (epoch, atLeast, signal) => store.renew(epoch, 0, signal) }),
    fails: ['epochs: a new epoch counts on from what a node knows'],
  },
  'its counter goes down with a new epoch': {
    breaks: (store, state) => ({
      async renew(epoch, atLeast, signal) {
        const answer = await store.renew(epoch, atLeast, signal);
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
    fails: ['epochs: a store that goes back shows it, and a new epoch mends it'],
  },
};
