// Why entries come and go.

/** Why an entry left: it was evicted, it expired, it was deleted, or another value was set in its place. */
export type DisposeReason = 'evict' | 'expire' | 'delete' | 'set';

/** What a set did: it added a key, set the same value again, or replaced a value by another. */
export type InsertReason = 'add' | 'update' | 'replace';

/** Why an entry leaves, in the order of the engine's numbers. */
export const REMOVAL_REASONS = ['evict', 'expire', 'delete', 'set', 'take'] as const;

/** Why an entry leaves. `take`: it was handed to a caller. */
export type RemovalReason = (typeof REMOVAL_REASONS)[number];
