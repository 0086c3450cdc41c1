// Stores that let something out of date pass, or refuse what is valid.

const FENCED = 'fenced';

export const FENCE = {
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
};
