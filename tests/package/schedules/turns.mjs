// The model of turns: who holds a key, who waits for it, and who is next. Lists are arrays, and every question is
// answered by looking through all of them.
//
// A member is a lock or a load. Its role: resting (acquired, not entered), waiting, holding, settled, lost, released.

export class Turns {
  now = 0;
  /** For how long timers have been late, all in all. */
  lag = 0;
  /** Every key by name, with its entry and the queue to which it leads. */
  keys = new Map();
  /** What happens once promises have settled: a member's turn has come, or it has its result. */
  #later = [];

  constructor(names) {
    for (const name of names) this.keys.set(name, { name, entry: undefined, queue: undefined });
  }

  /** The value of a key that has not expired. */
  fresh(key) {
    return key.entry !== undefined && this.now < key.entry.expires ? key.entry.value : undefined;
  }

  /** Takes a place: the turn if nobody has it, the result if it is there. */
  join(member, key) {
    if (key.queue?.result !== undefined && this.now >= key.queue.deadline) key.queue = undefined;
    key.queue ??= { key, holder: undefined, deadline: Infinity, waiting: [], resting: [], fenced: false };
    const { queue } = key;
    member.queue = queue;
    if (queue.result !== undefined) return this.#give(member, queue.result.value);
    member.role = 'resting';
    queue.resting.push(member);
    this.expire(queue);
    this.#takeVacant(member);
  }

  /** Asks for the turn, or for the result. */
  enter(member) {
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
    if (member.role === 'lost') return { error: 'lock-lost' };
    if (member.role !== 'holding') return { error: 'not-holder' };
    const { queue } = member;
    member.role = 'settled';
    member.result = value;
    queue.result = { value };
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
    member.role = 'released';
    if (queue.holder !== member) this.#closeIfEmpty(queue);
    else if (role === 'settled') this.#close(queue);
    else this.#handOver(queue);
  }

  extend(member, lease) {
    if (member.role !== 'holding') return false;
    member.queue.deadline = this.now + lease;
    return true;
  }

  /** The key has changed: its holder goes on, and who comes now begins afresh. */
  fence(key) {
    if (key.queue?.holder === undefined) return;
    key.queue.fenced = true;
    key.queue = undefined;
  }

  /** If the lease is over, the turn goes to the taker, or to the first that waits. */
  expire(queue, taker) {
    if (!this.isOver(queue)) return;
    queue.holder.role = 'lost';
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

  #give(member, value) {
    member.role = 'settled';
    member.result = value;
    this.after(() => this.onResult(member));
  }

  #hold(member) {
    this.#leave(member);
    member.role = 'holding';
    member.turns += 1;
    member.queue.holder = member;
    member.queue.deadline = this.now + member.lease;
  }

  #takeVacant(member) {
    if (member.queue.holder === undefined) this.#hold(member);
  }

  #handOver(queue, taker) {
    queue.holder = undefined;
    const { key } = queue;
    if (queue.fenced && key.queue !== undefined && key.queue !== queue) return this.#merge(queue, key.queue);
    if (queue.fenced && queue.waiting.length + queue.resting.length > 0) {
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
    if (queue.holder === undefined && queue.waiting.length + queue.resting.length === 0) this.#close(queue);
  }

  #close(queue) {
    if (queue.key.queue === queue) queue.key.queue = undefined;
  }
}
