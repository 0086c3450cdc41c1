// Mutations of what reads and writes a key in one call, of pins, and of gathered loads.

export const entries = [
  {
    name: 'update-begins-a-new-life',
    in: 'Table.amend',
    find: 'if (ttl < Infinity) elapsed = ttl - (this.moment(slot) - exactNow());',
    replace: '',
    why: 'an update leaves the expiry as it was',
  },
  {
    name: 'update-in-place-begins-a-new-life',
    in: 'Table.put',
    find: 'elapsed === 0 &&',
    replace: '',
    why: 'so does one that needs no call into the engine',
  },
  {
    name: 'update-drops-tags',
    in: 'Table.amend',
    find: 'call.tags === undefined ? this.tags.of(slot) : entry.tags',
    replace: 'entry.tags',
    why: 'an update leaves the tags as they were',
  },
  {
    name: 'pin-of-a-present-key-is-lost',
    in: 'Table.put',
    find: 'pinned === undefined &&',
    replace: '',
    why: 'an entry that is there can be pinned',
  },
  {
    name: 'pinned-is-too-large',
    in: 'Table.#refuse',
    find: "code === PINNED ? 'pinned' : 'size'",
    replace: "'size'",
    why: 'a refused set says why',
  },
  {
    name: 'a-set-lets-one-entry-go',
    in: 'Table.drain',
    find: 'gone & MORE ? core.cacheNextRemoval(this.cache) : NONE',
    replace: 'NONE',
    why: 'what has expired leaves with the entry that is evicted',
  },
  {
    name: 'batch-in-the-next-microtask',
    in: 'batch',
    find: 'passed < MICROTASKS',
    replace: 'passed < 1',
    why: 'what promises of the same turn lead to comes along',
  },
  {
    name: 'batch-without-max',
    in: 'batch',
    find: 'if (group.members.length >= max) void send(group);',
    replace: 'if (max < 0) void send(group);',
    why: 'a call has at most so many keys',
  },
  {
    name: 'batch-loads-for-nobody',
    in: 'batch',
    find: 'return !signal.aborted;',
    replace: 'return true;',
    why: 'a key that nobody waits for is not in the call',
  },
  {
    name: 'batch-asks-twice',
    in: 'call',
    find: '[...new Set(contexts.map(({ key }) => key))]',
    replace: 'contexts.map(({ key }) => key)',
    why: 'a call has each key once',
  },
];
