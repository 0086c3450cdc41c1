// Why entries come and go.

/** Why an entry left: it was evicted, it expired, it was deleted, or another value was set in its place. */
export type DisposeReason = 'evict' | 'expire' | 'delete' | 'set';

/** What a set did: it added a key, set the same value again, or replaced a value by another. */
export type InsertReason = 'add' | 'update' | 'replace';
