// The model of locks and loads, as docs/locks-and-loads.md tells it.
//
// Where the page leaves a choice (which of those who wait takes the turn of one whose lease is over), the model does
// what the package has done, provided that it is one of them. What has been done is asked of `seen`.

import { Locks } from './locks.mjs';

export class Model extends Locks {
  callers = [];
  isDisposed = false;
  #seen;

  constructor(names, seen) {
    super(names);
    this.#seen = seen;
  }

  /** A member's turn has come, or it asks while it has the turn, the result, or none of them. */
  onTurn(member) {
    if (member.kind === 'load') return this.#loadInTurn(member);
    const value = this.fresh(member.queue.key);
    if (member.role === 'holding' && value !== undefined) this.settle(member, value);
    this.onResult(member);
  }

  onResult(member) {
    if (member.kind === 'load') {
      if (!member.isOver) this.#end(member, (caller) => this.#resolve(caller, member.result));
      return;
    }
    if (member.role === 'settled') member.isDone = true;
    if (member.entered === 'pending') member.entered = 'ok';
  }

  // Loads.

  getOrSet(key, caller) {
    this.callers.push(caller);
    Object.assign(caller, { key, outcome: undefined, calls: 0, began: this.now, load: undefined, stale: undefined });
    const { entry } = key;
    if (!caller.forceFresh) {
      const value = this.fresh(key);
      if (value !== undefined) return this.#resolve(caller, value);
    }
    if (entry !== undefined && this.now >= entry.expires && this.now - entry.expires < caller.kept) {
      caller.stale = entry.value;
      caller.late = this.now - entry.expires;
    }
    if (!caller.forceFresh && caller.stale !== undefined && caller.late < caller.swr) {
      this.#resolve(caller, caller.stale);
      if (this.alive(key) === undefined && !this.#backsOff(key, caller)) this.#begin(key, caller, true);
      return;
    }
    if (caller.isAborted) {
      caller.outcome = { error: 'aborted' };
      return;
    }
    if (!caller.forceFresh && this.#backsOff(key, caller)) return this.#reject(caller, 'load-failed-recently');
    const alive = caller.forceFresh ? undefined : this.alive(key);
    if (alive !== undefined) return this.#attach(caller, alive);
    if (caller.forceFresh) this.fence(key);
    this.#attach(caller, this.#begin(key, caller, false));
  }

  /** Whether a caller leaves a key alone, since its last load has failed, and nobody holds it. */
  #backsOff({ failed, queue }, { backoff }) {
    return failed !== undefined && this.now < failed + backoff && queue?.holder === undefined;
  }

  abortCaller(caller) {
    caller.isAborted = true;
    if (caller.outcome !== undefined || caller.load === undefined) return;
    caller.outcome = { error: 'aborted' };
    this.#depart(caller);
  }

  /** The load of a key that others may join: no lease is over for which it waits, nor its own. */
  alive(key) {
    const isLate = ({ role, queue }) => role === 'settled' && this.now >= queue.deadline;
    return this.loads.find(
      (load) => !load.isOver && load.queue === key.queue && !this.#isOverdue(load) && !isLate(load),
    );
  }

  #isOverdue(load) {
    return this.#isDead(load) || this.isOver(load.queue);
  }

  /** A loader has settled: with a value, with undefined, or with an error. */
  loaded(load, { value, error, entry }) {
    this.ends(load);
    this.after(() => {
      const isLate = load.role === 'lost';
      if (load.isOver && !isLate) return;
      if (error !== undefined && load.role === 'holding' && !load.queue.fenced) load.queue.key.failed = this.now;
      if (error !== undefined) return this.#end(load, (caller) => this.#reject(caller, error));
      const { holder } = load.queue;
      if (value !== undefined && (load.role === 'holding' || isLate)) {
        const { error: refused, stores } = this.settle(load, value, entry.tags);
        if (stores) load.queue.key.entry = { ...entry, expires: this.now + entry.ttl };
        const isOvertaken = isLate && refused === undefined && holder !== undefined;
        if (isOvertaken) this.#end(holder, (caller) => this.#resolve(caller, value), true);
      }
      this.#end(load, (caller) => this.#resolve(caller, value));
    });
  }

  dispose() {
    this.isDisposed = true;
    for (const key of this.keys.values()) key.entry = undefined;
    for (const load of this.loads) {
      if (!load.isOver) this.#end(load, (caller) => this.#reject(caller, 'disposed'), true);
    }
    const live = this.locks.filter(({ role }) => role !== 'released');
    // All at once: nobody has another one's turn.
    for (const lock of live) {
      if (lock.role === 'waiting' || (lock.entered === 'pending' && lock.hasWaited)) lock.entered = 'disposed';
      lock.role = 'released';
    }
  }

  // Time.

  /** All timers that are due have fired. */
  tick() {
    const live = [...this.locks, ...this.loads].filter(({ role, isOver }) => role !== 'released' && !isOver);
    const over = [...new Set(live.map(({ queue }) => queue))].filter((queue) => this.isOver(queue));
    this.isAmbiguous ||= !this.leasesDiffer && new Set(over.map(({ key }) => key)).size < over.length;
    this.isAmbiguous ||= !this.leasesDiffer && over.some((queue) => queue.fenced && this.#isAwaited(queue));
    // A load that waits may begin anew then, behind the locks that have waited with it.
    this.isAmbiguous ||= over.some(({ waiting }) => new Set(waiting.map(({ kind }) => kind)).size > 1);
    for (const lock of this.locks) {
      const isLate = lock.role === 'waiting' && this.now >= lock.due;
      if (isLate && this.#seen.entered(lock) === 'lock-timeout') this.releaseLock(lock, 'lock-timeout');
    }
    for (const lock of this.locks) {
      const isTaken = this.#seen.isLost(lock) || this.#seen.turns(lock) < lock.turns;
      if (lock.role === 'holding' && this.isOver(lock.queue) && isTaken) this.#replaceLock(lock);
    }
    for (const lock of this.locks) {
      if (lock.role === 'waiting' && this.isOver(lock.queue) && this.#hasTurn(lock)) this.expire(lock.queue, lock);
    }
    // One that has begun anew before the load's own caller has given up.
    for (const load of this.loads) {
      const hasCalled = (caller) => this.#seen.calls(caller) > caller.calls;
      if (!load.isOver && this.#isDead(load) && [...load.callers].some(hasCalled)) this.#succeed(load);
    }
    for (const caller of this.callers) if (caller.load !== undefined) this.#look(caller);
    this.flush();
    for (const { role, queue } of this.locks) {
      if (role === 'waiting' && this.isOver(queue) && this.#hasGoneOn(queue)) this.expire(queue);
    }
    for (const load of this.loads) {
      if (!load.isOver && (this.#isDead(load) || this.#isLeftBehind(load))) this.#succeed(load);
    }
    this.flush();
  }

  /** Whether the one that looks first after the lease of a fenced holder goes where its key leads now. */
  #hasGoneOn(queue) {
    return queue.key.queue !== undefined && queue.key.queue !== queue && !this.leasesDiffer;
  }

  /** Whether a load waits for a lock that is dead, while its key leads elsewhere: those who wait begin there. */
  #isLeftBehind({ role, queue, callers }) {
    if (role !== 'waiting' || !this.isOver(queue) || queue.key.queue === queue) return false;
    return !this.leasesDiffer || [...callers].some((caller) => this.#seen.calls(caller) > caller.calls);
  }

  /** Whether anybody but the holder's own caller waits for it. */
  #isAwaited({ waiting, holder }) {
    return waiting.length > 0 || holder.callers?.size > 1;
  }

  /** Somebody has been seen to take the turn of a lock. */
  #replaceLock({ queue }) {
    const taker = queue.waiting.find((member) => this.#hasTurn(member));
    this.expire(queue, taker ?? queue.waiting.find(({ kind }) => kind === 'load'));
    if (taker !== undefined) this.flush();
  }

  #isDead(load) {
    return load.role === 'lost' || load.role === 'released' || (load.role === 'holding' && this.isOver(load.queue));
  }

  /** Whether one that waits has been seen to go on: a lock has a token, a load has called a loader or found a value. */
  #hasTurn(member) {
    if (member.kind === 'lock') return this.#seen.turns(member) > member.turns;
    const { owner, callers } = member;
    const all = [...callers, ...(owner === undefined ? [] : [owner])];
    return all.some(
      (caller) => this.#seen.calls(caller) > caller.calls || (callers.has(caller) && this.#seen.hasValue(caller)),
    );
  }

  /** A caller looks at the clock: after its own load's lease, or another one's and one more, its wait is over. */
  #look(caller) {
    const { load } = caller;
    const waited = this.now - caller.began;
    const mayGiveUp = this.#isDead(load) || caller.hasFollowed || caller.hasMetLock;
    const hasGivenUp = mayGiveUp && waited >= load.lease && this.#seen.hasGivenUp(caller);
    const isOwn = load.isCalled && load.owner === caller;
    const isOver = (this.#isDead(load) && isOwn) || hasGivenUp;
    if (isOver || waited >= caller.hardTimeout) {
      this.#reject(caller, 'load-timeout');
    } else if (this.#takesStale(caller) && waited >= caller.timeout) {
      load.isKept = true;
      this.#resolve(caller, caller.stale);
    } else return;
    this.#depart(caller);
  }

  /** A load's lease is over, and its own caller has left: those who wait go on with the next one. */
  #succeed(load) {
    const { key } = load.queue;
    const waiting = [...load.callers];
    const taker = waiting.find((caller) => this.#seen.calls(caller) > caller.calls);
    if (waiting.length === 0) return;
    let next = this.alive(key);
    if (next === undefined && taker === undefined && load.queue.waiting.length > 0) {
      this.#cancel(load);
      next = this.alive(key);
    }
    next ??= this.#begin(key, taker, false);
    if (!load.isOver) this.#giveWay(load, next);
    for (const caller of waiting.filter((each) => each.load === undefined)) this.#attach(caller, next);
  }

  /** Those who wait for a load wait for another one from now on; but its own caller gives up when it looks. */
  #giveWay(load, successor) {
    for (const caller of [...load.callers]) {
      if (load.isCalled && load.owner === caller) continue;
      // Who has followed before may be told at once that it has waited for long enough.
      if (caller.hasFollowed || caller.hasMetLock)
        this.after(() => caller.load !== undefined && this.#seen.hasGivenUp(caller) && this.#look(caller));
      caller.hasFollowed = true;
      this.#attach(caller, successor);
    }
    load.isAborted = true;
    if (load.callers.size === 0) this.#cancel(load);
    else this.#retire(load);
  }

  /** A load leaves its turn: for good, unless only its lease is over. */
  #retire(load) {
    if (!load.isCalled || !this.#isDead(load)) return this.release(load);
    this.abandon(load);
  }

  #begin(key, owner, isKept) {
    const lease = owner?.lease ?? this.callers.at(-1).lease;
    const load = {
      kind: 'load',
      lease,
      owner,
      isKept,
      turns: 0,
      invalid: new Set(),
      callers: new Set(),
      isOver: false,
    };
    const overdue = this.loads.filter((each) => !each.isOver && each.queue === key.queue && this.#isOverdue(each));
    this.loads.push(load);
    this.join(load, key);
    if (load.role === 'resting') this.enter(load);
    load.hasEntered = true;
    for (const each of overdue) this.#giveWay(each, load);
    if (load.role === 'holding') this.#call(load);
    return load;
  }

  #loadInTurn(load) {
    if (load.isOver || load.isCalled || load.role !== 'holding') return;
    const value = this.fresh(load.queue.key);
    if (value === undefined) this.#call(load);
    else this.#end(load, (caller) => this.#resolve(caller, value));
  }

  #call(load) {
    // Whoever looked first after a lease was over has begun anew for all.
    const hasCalled = (caller) => caller.key === load.queue.key && this.#seen.calls(caller) > caller.calls;
    load.owner = [...load.callers].find(hasCalled) ?? load.owner ?? this.callers.find(hasCalled);
    load.isCalled = true;
    if (load.owner === undefined) return;
    load.owner.calls += 1;
    load.owner.run = load;
  }

  #attach(caller, load) {
    caller.load?.callers.delete(caller);
    caller.load = load;
    caller.hasMetLock ||= this.locks.some(({ queue, role }) => queue === load.queue && role !== 'released');
    load.callers.add(caller);
    // Its key had a result when it began.
    if (load.role === 'settled') this.onResult(load);
  }

  /** A caller has left its load. A load that nobody wants ends; so does one whose lease is over. */
  #depart(caller) {
    const { load } = caller;
    load.callers.delete(caller);
    caller.load = undefined;
    load.isAborted ||= load.role === 'lost';
    if (load.callers.size === 0 && (!load.isKept || this.#isDead(load))) this.#cancel(load);
    // Those who are left may load in its place; and get its value if it comes before they do.
    else if (this.#isDead(load)) this.#retire(load);
  }

  #cancel(load) {
    if (!load.isOver)
      this.#end(
        load,
        () => {},
        true,
        () => this.#retire(load),
      );
  }

  #end(load, tell, isAborted = false, leave = () => this.release(load)) {
    load.isOver = true;
    load.isAborted ||= isAborted;
    for (const caller of load.callers) {
      caller.load = undefined;
      tell(caller);
    }
    load.callers.clear();
    leave();
  }

  #takesStale(caller) {
    return caller.stale !== undefined && caller.late < caller.grace;
  }

  #resolve(caller, value) {
    caller.outcome = { value };
  }

  #reject(caller, error) {
    if (this.#takesStale(caller)) this.#resolve(caller, caller.stale);
    else caller.outcome = { error };
  }
}
