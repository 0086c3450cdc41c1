// Stores that tell other nodes too little, too late, or wrong.

export const FEED = {
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
    hangs: true,
    breaks: (store) => ({ changes: (after, wait, signal) => store.changes(after, wait || 1e9, signal) }),
    fails: ['feed: a wait of 0 asks once'],
  },
  'waits for ever': {
    hangs: true,
    breaks: (store) => ({ changes: (after, wait, signal) => store.changes(after, wait && 1e9, signal) }),
    fails: ['feed: without a change, the answer comes after the wait'],
  },
  'does not hear the signal': {
    hangs: true,
    breaks: (store) => ({ changes: (after, wait) => store.changes(after, wait, new AbortController().signal) }),
    fails: [
      'records: an aborted signal ends the wait at once',
      'feed: a signal ends the wait for changes, and a later call waits again',
    ],
  },
};
