// The model of turns: who holds a key, who waits for it, and who is next. Lists are arrays, and every question is
// answered by looking through all of them.
//
// A member is a lock or a load. Its role: resting (acquired, not entered), waiting, holding, settled, lost, released.

export class Turns {
  now = 0;
  /** For how long timers have been late, all in all. */
  lag = 0;
  /** Every key by name, with its entry, the queue to which it leads, and when its last load has failed. */
  keys = new Map();
  /** What happens once promises have settled: a member's turn has come, or it has its result. */
  #later = [];

  constructor(names) {
    for (const name of names) this.keys.set(name, { name, entry: undefined, queue: undefined, failed: undefined });
  }

  /** The value of a key that has not expired. */
  fresh(key) {
    return key.entry !== undefined && this.now < key.entry.expires ? key.entry.value : undefined;
  }

  /** Takes a place: the turn if nobody has it, the result if it is there. */
  join(member, key) {
    if (key.queue?.result !== undefined && this.now >= key.queue.deadline) key.queue = undefined;
    key.queue ??= {
      key,
      holder: undefined,
      deadline: Infinity,
      waiting: [],
      resting: [],
      late: [],
      losses: 0,
      fenced: false,
    };
    const { queue } = key;
    member.queue = queue;
    if (queue.result !== undefined) return this.#give(member, queue.result.value);
    member.role = 'resting';
    queue.resting.push(member);
    this.#takeVacant(member);
  }

  /** Asks for the turn, or for the result. */
  enter(member) {
    member.hasEntered = true;
    if (member.role === 'resting') this.#takeVacant(member);
    if (member.role === 'resting') {
      this.#leave(member);
      member.role = 'waiting';
      member.arrived = this.now;
      member.queue.waiting.push(member);
      this.expire(member.queue, member);
    } else this.after(() => this.onTurn(member));
  }

  /** The holder's result goes to everyone else. Returns what the package refuses it with, or whether it may be stored. */
  settle(member, value, tags = []) {
    if (member.role === 'settled' || (member.role === 'released' && member.result !== undefined)) {
      return { error: 'result-already-set' };
    }
    const { queue } = member;
    const isLate = queue.late.includes(member) && queue.result === undefined && queue.holder?.kind !== 'lock';
    if (member.role === 'lost' && !isLate) return { error: 'lock-lost' };
    if (member.role !== 'holding' && !isLate) return { error: 'not-holder' };
    if (isLate && queue.holder !== undefined) Object.assign(queue.holder, { role: 'settled', result: value });
    queue.holder = member;
    member.role = 'settled';
    member.result = value;
    queue.result = { value };
    if (!queue.fenced) queue.key.failed = undefined;
    for (const other of [...queue.waiting, ...queue.resting]) {
      this.#leave(other);
      this.#give(other, value);
    }
    return { stores: !queue.fenced && !tags.some((tag) => member.invalid.has(tag)) };
  }

  /** Leaves. A holder without a result hands over to the first that waits. */
  release(member) {
    const { role, queue } = member;
    if (role === 'released') return;
    this.#leave(member);
    queue.late = queue.late.filter((other) => other !== member);
    member.role = 'released';
    if (queue.holder !== member) this.#closeIfEmpty(queue);
    else if (role === 'settled') this.#close(queue);
    else this.#handOver(queue);
  }

  /** Leaves the turn to others. A load may still bring its value. */
  abandon(member) {
    if (member.role !== 'holding') return;
    this.#lose(member);
    this.#handOver(member.queue);
  }

  extend(member, lease) {
    if (member.role !== 'holding') return false;
    member.queue.deadline = this.now + lease;
    return true;
  }

  /** The key has changed: its holder goes on, and who comes now begins afresh. */
  fence(key) {
    const { queue } = key;
    key.failed = undefined;
    if (queue === undefined) return;
    queue.late = [];
    if (queue.holder === undefined) return this.#closeIfEmpty(queue);
    queue.fenced = true;
    key.queue = undefined;
  }

  /** If the lease is over, the turn goes to the taker, or to the first that waits. */
  expire(queue, taker) {
    if (!this.isOver(queue)) return;
    this.#lose(queue.holder);
    this.#handOver(queue, taker);
  }

  /** Whether somebody holds a key whose lease is over. */
  isOver(queue) {
    return queue.holder !== undefined && queue.result === undefined && this.now >= queue.deadline;
  }

  after(work) {
    this.#later.push(work);
  }

  /** What happens once promises have settled. */
  flush() {
    while (this.#later.length > 0) this.#later.shift()();
  }

  /** Its lease is over. Who had not entered has lost nothing; a load may come late, unless its key has changed. */
  #lose(member) {
    const { queue } = member;
    queue.losses += 1;
    member.role = member.hasEntered ? 'lost' : 'resting';
    if (member.hasEntered && member.kind === 'load' && !queue.fenced) queue.late.push(member);
    if (member.hasEntered) return;
    Object.assign(member, { turns: 0, began: undefined });
    queue.resting.push(member);
  }

  #give(member, value) {
    member.role = 'settled';
    member.result = value;
    // Those who wait for a load have the result at once. The caller that begins a load waits for nothing yet.
    if (member.kind === 'load' && member.hasEntered) this.onResult(member);
    else this.after(() => this.onResult(member));
  }

  #hold(member) {
    this.#leave(member);
    member.role = 'holding';
    member.turns += 1;
    member.queue.holder = member;
    member.queue.deadline = this.now + member.lease * 2 ** Math.min(5, member.queue.losses);
  }

  #takeVacant(member) {
    if (member.queue.holder === undefined) this.#hold(member);
  }

  #handOver(queue, taker) {
    queue.holder = undefined;
    const { key } = queue;
    if (queue.fenced && key.queue !== undefined && key.queue !== queue) return this.#merge(queue, key.queue);
    if (queue.fenced && !this.#isEmpty(queue)) {
      queue.fenced = false;
      key.queue = queue;
    }
    const next = taker ?? queue.waiting[0];
    if (next === undefined) return this.#closeIfEmpty(queue);
    this.#hold(next);
    this.after(() => this.onTurn(next));
  }

  /** Those of a fenced queue go where the key leads now. */
  #merge(from, to) {
    for (const member of [...from.waiting, ...from.resting]) {
      this.#leave(member);
      member.queue = to;
      member.arrived = this.now;
      if (to.result !== undefined) this.#give(member, to.result.value);
      else if (member.role === 'resting') to.resting.push(member);
      else if (to.holder !== undefined) to.waiting.push(member);
      else {
        this.#hold(member);
        this.after(() => this.onTurn(member));
      }
    }
  }

  #leave(member) {
    const { waiting, resting } = member.queue;
    for (const list of [waiting, resting]) if (list.includes(member)) list.splice(list.indexOf(member), 1);
  }

  #closeIfEmpty(queue) {
    if (queue.holder === undefined && this.#isEmpty(queue)) this.#close(queue);
  }

  #isEmpty({ waiting, resting, late }) {
    return waiting.length + resting.length + late.length === 0;
  }

  #close(queue) {
    if (queue.key.queue === queue) queue.key.queue = undefined;
  }
}
