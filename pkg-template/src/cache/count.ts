// The engine's counters.

/** What `core.cacheCount` answers for. */
export const enum Count {
  Inserts,
  Updates,
  Evictions,
  Expirations,
  Deletions,
  Entries,
  Size,
  Max,
  MaxSize,
}
