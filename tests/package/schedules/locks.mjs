// The model of entries, and of locks on their keys.

import { Turns } from './turns.mjs';

export class Locks extends Turns {
  locks = [];
  loads = [];

  /**
   * Whether two loads wait in one queue, since a fenced one has gone on there; or two holders of one key have died in the
   * same moment, a fenced one and the one that came after it. Who looks first can't be seen then, so the model ends.
   * Likewise if a load settles in the turn in which a lock of its key is entered or left, or if two do, one of which is
   * late.
   */
  isAmbiguous = false;
  /** What has come to an end in this turn, or has entered, by its key. */
  #ended = new Map();

  flush() {
    super.flush();
    this.#ended.clear();
    const queues = this.loads.filter(({ isOver }) => !isOver).map(({ queue }) => queue);
    this.isAmbiguous ||= new Set(queues).size < queues.length;
  }

  // Entries.

  change(key, entry) {
    this.fence(key);
    key.entry = entry;
  }

  expireEntry(key) {
    this.fence(key);
    if (this.fresh(key) !== undefined) key.entry = { ...key.entry, expires: this.now };
  }

  invalidate(tag, keys, change = (key) => this.change(key, undefined)) {
    for (const member of [...this.locks, ...this.loads]) {
      if (['holding', 'lost'].includes(member.role) && keys.includes(member.queue.key)) member.invalid.add(tag);
    }
    for (const key of keys) if (key.entry?.tags.includes(tag)) change(key);
  }

  // Locks.

  acquire(key, { lease, timeout = Infinity }) {
    const lock = { kind: 'lock', lease, timeout, turns: 0, invalid: new Set(), isDone: false, isAborted: false };
    this.locks.push(lock);
    this.join(lock, key);
    return lock;
  }

  enterLock(lock) {
    this.ends(lock);
    lock.entered = 'pending';
    lock.due = this.now + lock.timeout;
    if (!lock.isAborted) this.enter(lock);
    lock.hasWaited = lock.role === 'waiting';
    if (!lock.isAborted) return;
    this.releaseLock(lock);
    lock.entered = 'aborted';
  }

  ends({ queue: { key }, kind, role }) {
    const all = [...(this.#ended.get(key) ?? []), { kind, isLate: role === 'lost' }];
    this.#ended.set(key, all);
    const loads = all.filter((each) => each.kind === 'load');
    this.isAmbiguous ||= loads.length > 0 && all.length > loads.length;
    this.isAmbiguous ||= loads.length > 1 && loads.some(({ isLate }) => isLate);
  }

  /** Ends a lock. With a reason, so does a wait whose end nobody has been told yet, unless there is a result. */
  releaseLock(lock, reason) {
    this.ends(lock);
    if (lock.role === 'waiting') lock.entered = reason ?? 'not-holder';
    else if (reason && lock.entered === 'pending' && lock.hasWaited && lock.result === undefined) lock.entered = reason;
    lock.isDone = true;
    this.release(lock);
  }

  abortLock(lock) {
    lock.isAborted = true;
    if (lock.entered === 'pending' && lock.hasWaited) this.releaseLock(lock, 'aborted');
  }

  setResult(lock, value, entry) {
    const { error, stores } = this.settle(lock, value, entry.tags);
    if (error !== undefined) return error;
    lock.isDone = true;
    if (stores) lock.queue.key.entry = entry;
    return undefined;
  }
}
