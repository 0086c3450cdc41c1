// What must be true after every step: what the model says, and what needs no model.

import { assert } from '../suite/harness.mjs';

/** Compares what can be seen of every lock, caller, key and loader with the model. */
export function compare(model, stage, isLate) {
  for (const [mine, seen] of stage.locks) compareLock(mine, seen, model);
  for (const [mine, { outcome, calls, settled }] of stage.callers) {
    assert.deepEqual(outcome, mine.outcome, `the outcome of caller ${mine.id}`);
    assert.equal(calls, mine.calls, `calls of the loader of caller ${mine.id}`);
    assert.isAtMost(settled, 1, `caller ${mine.id} has settled`);
  }
  for (const { mine, signal } of stage.running) {
    // One that has lost its turn is told by a timer, if not before.
    if (mine.run?.role === 'lost' && (isLate || !mine.run.isAborted)) continue;
    const isAborted = mine.run?.isAborted ?? false;
    assert.equal(signal.aborted, isAborted, `whether the signal of the loader of caller ${mine.id} has aborted`);
  }
  for (const load of model.loads) {
    assert.isTrue(!load.isCalled || load.owner !== undefined, 'somebody loads in place of a load whose lease is over');
  }
  if (model.isDisposed) return;
  for (const [name, key] of model.keys) {
    const expected = key.entry !== undefined && model.now < key.entry.expires ? key.entry.value : undefined;
    assert.equal(stage.space(name).peek(name), expected, `the value of ${name}`);
  }
  // Timers that are due have yet to tell those whose turn is lost.
  if (isLate) return;
  assert.equal(live(stage), expectedLive(model), 'the keys that are locked or loaded, with those that wait');
}

function compareLock(mine, { lock, entered, signal, settled = 0 }, { isDisposed }) {
  const label = `lock ${mine.id}`;
  // The end of a cache can bring a result on the way, from the newer holder's.
  const hasResult = isDisposed && lock.result !== undefined && entered === 'ok';
  if (!hasResult) assert.equal(entered, mine.entered, `${label}: enter()`);
  assert.isAtMost(settled, 1, `${label}: enter() has settled`);
  if (!isDisposed) assert.equal(lock.done, mine.isDone || mine.role === 'settled', `${label}: done`);
  if (!isDisposed) assert.equal(lock.result, mine.result, `${label}: result`);
  assert.equal(lock.released, mine.role === 'released', `${label}: released`);
  if (!isDisposed) assert.equal(lock.token > 0, mine.turns > 0, `${label}: whether it has had a turn`);
  if (mine.role === 'lost') assert.isTrue(signal.aborted, `${label}: its signal has aborted`);
  else if (mine.role !== 'released') assert.isFalse(signal.aborted, `${label}: its signal has aborted`);
}

function live({ cache }) {
  return cache
    .inspect()
    .map(({ key, waiting, holder }) => `${key}: ${waiting} wait, ${holder > 0 ? 'held' : 'not held'}`)
    .sort()
    .join('; ');
}

function expectedLive(model) {
  const isLive = ({ role }) => role === 'holding' || role === 'waiting' || role === 'resting';
  const queues = new Set([...model.locks, ...model.loads].filter(isLive).map(({ queue }) => queue));
  const lines = [];
  for (const queue of queues) {
    const at = [...model.locks, ...model.loads].filter((member) => member.queue === queue);
    const locks = at.filter(({ kind, role }) => kind === 'lock' && (role === 'waiting' || role === 'resting'));
    const callers = at.filter(({ kind }) => kind === 'load').reduce((sum, { callers }) => sum + callers.size, 0);
    const isHeld = at.some(({ role }) => role === 'holding');
    lines.push(`${queue.key.name}: ${locks.length + callers} wait, ${isHeld ? 'held' : 'not held'}`);
  }
  return lines.sort().join('; ');
}

/** What has to have happened once all timers that are due have fired. */
export function assertNobodyIsLate(model, stage) {
  for (const lock of model.locks) {
    if (lock.role !== 'waiting') continue;
    assert.isBelow(model.now, lock.due, `lock ${lock.id} waits for longer than its timeout`);
    const { queue } = lock;
    const slack = Math.min(...queue.waiting.map(({ lease }) => lease));
    const over = Math.max(queue.deadline, ...queue.waiting.map(({ arrived }) => arrived));
    const latest = model.leasesDiffer ? over + slack + model.lag : queue.deadline;
    assert.isBelow(model.now, latest, `nobody has taken the turn that lock ${lock.id} waits for, whose lease is over`);
  }
  for (const { mine, signal } of stage.running) {
    const isLost = mine.run?.role === 'lost';
    if (isLost) assert.isTrue(signal.aborted, `the loader of caller ${mine.id}, whose turn is lost, hears of it`);
  }
  for (const caller of model.callers) {
    const waited = model.now - caller.began;
    // A lease and its successor's, which is twice as long; those of the locks that were before it come on top.
    if (caller.outcome !== undefined || caller.hasMetLock) continue;
    assert.isBelow(
      waited,
      3 * caller.lease * 2 ** Math.min(5, caller.load.queue.losses) + model.lag,
      `caller ${caller.id} waits for too long`,
    );
  }
}

/** Tokens, values and turns by themselves: this looks at the package only, and at what the schedule has done. */
export class Witness {
  #newest = new Map();
  #known = new Map();
  /** The locks that had their turn when they were entered. */
  #entered = new Set();

  check(stage, values, changes) {
    this.#checkTurns(stage);
    this.#checkValues(stage, values, changes);
  }

  /** Tokens grow with each turn, never change, and belong to one lock each. */
  #checkTurns(stage) {
    const appeared = [];
    for (const { lock, name, entered } of stage.locks.values()) {
      const known = this.#known.get(lock) ?? 0;
      // A turn that was lost before it began never was; there may be another one since.
      if (lock.token === 0) this.#known.delete(lock);
      else if (known !== 0 && this.#entered.has(lock)) assert.equal(lock.token, known, 'a token stays what it is');
      else if (lock.token !== known) {
        this.#known.set(lock, lock.token);
        appeared.push([name, lock.token]);
      }
      if (entered !== undefined && lock.token > 0) this.#entered.add(lock);
    }
    const before = new Map(this.#newest);
    for (const [name, token] of appeared) {
      assert.isAbove(token, before.get(name) ?? 0, `the token of a later holder of ${name} is greater`);
      this.#newest.set(name, Math.max(token, this.#newest.get(name) ?? 0));
    }
    assert.equal(new Set(this.#known.values()).size, this.#known.size, 'no token is used twice');
  }

  /** Nobody who came after a change gets a value that was begun before it, and no such value is stored. */
  #checkValues(stage, values, changes) {
    const isOlder = (value, generation) => value !== undefined && values.get(value).generation < generation;
    for (const [name, generation] of changes) {
      if (stage.isOpen)
        assert.isFalse(isOlder(stage.space(name).peek(name), generation), `an old value of ${name} is stored`);
    }
    for (const [mine, { outcome }] of stage.callers) {
      assert.isFalse(isOlder(outcome?.value, mine.generation), `caller ${mine.id} gets a value from before a change`);
    }
    for (const [mine, { lock }] of stage.locks) {
      assert.isFalse(isOlder(lock.result, mine.generation), `lock ${mine.id} gets a value from before a change`);
    }
  }
}
