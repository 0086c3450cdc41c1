// One schedule: what happens in which order, to the package and to the model.

import { assert } from '../suite/harness.mjs';
import { Witness, assertNobodyIsLate, compare } from './checks.mjs';
import { Model } from './model.mjs';
import { NAMES, timeOf } from './plan.mjs';
import { Stage, codeOf } from './stage.mjs';

export class Schedule {
  /** What has been done, for people. */
  log = [];
  #begun;
  #time;
  #plan;
  #stage;
  #model;
  #witness = new Witness();
  #options;
  /** Whether the model can't tell any more what has to happen. The schedule then ends, and has to end well. */
  #isAlone = false;
  /** Every value that was ever made, with the generation of its key when its computation began. */
  #values = new Map();
  /** How often each key has changed. */
  #changes = new Map(NAMES.map((name) => [name, 0]));

  constructor(keylatch, time, plan) {
    const { lease, life, backoff = 0, leasesDiffer } = plan;
    this.#time = time;
    this.#begun = time.now;
    this.#plan = plan;
    this.#options = { max: 100, lease, swr: life?.swr ?? 0, grace: life?.grace ?? 0, ttl: life ? 60 : 0 };
    Object.assign(this.#options, { graceBackoff: backoff, negativeBackoff: backoff });
    this.#stage = new Stage(keylatch, NAMES, this.#options);
    this.#stage.isOpen = true;
    this.#model = new Model(NAMES, this.#stage);
    this.#model.now = time.now;
    this.#model.leasesDiffer = leasesDiffer;
    this.#note(`a cache with ${JSON.stringify(this.#options)}`);
  }

  /** Takes the steps, lets the clock run on until nobody can still wait, and ends everything. */
  async run() {
    const { steps, isBurst, isDisposed } = this.#plan;
    for (const step of steps) {
      if (this.#isAlone) break;
      // Without a wait between steps of one turn.
      const timers = this.#step(step);
      if (timers !== undefined) await timers;
      if (!isBurst || !step.hurries) await this.#look();
    }
    await this.#look();
    if (isDisposed) return this.#dispose();
    await this.#end();
  }

  /** Takes a step, if there is what it is about; a promise if timers fire on the way. */
  #step({ kind, ...told }) {
    const pick = (list) => list[told.which % list.length];
    const lock = () => pick(this.#model.locks.filter(({ role }) => role !== 'released' || told.released));
    switch (kind) {
      case 'acquire':
        return this.#acquire(told);
      case 'enter':
        return this.#enter(pick(this.#model.locks.filter(({ entered }) => entered === undefined)));
      case 'exit':
        return this.#withLock(lock(), 'exit', (mine, seen) => {
          seen.lock.release();
          this.#model.releaseLock(mine);
        });
      case 'setResult':
        return this.#setResult(lock(), told);
      case 'extend':
        return this.#withLock(lock(), 'extend', (mine, seen) => {
          const lease = this.#model.leasesDiffer ? this.#leaseOf(told) : this.#plan.lease + (told.share % 50);
          this.#note(`to ${lease}`);
          assert.equal(seen.lock.extend(lease), this.#model.extend(mine, lease), 'whether it could be extended');
        });
      case 'abortLock':
        return this.#withLock(lock(), 'abort', (mine, seen) => {
          seen.controller.abort(new Error('aborted'));
          this.#model.abortLock(mine);
        });
      case 'getOrSet':
        // Which lease a load has that takes another one's place can't be seen, unless all are the same.
        return this.#model.leasesDiffer ? this.#acquire({ ...told, enters: true }) : this.#getOrSet(told);
      case 'abortCaller':
        return this.#abortCaller(pick(this.#model.callers.filter(({ outcome }) => outcome === undefined)));
      case 'load':
        return this.#load(pick(this.#stage.running), told);
      case 'advance':
        return this.#advance(timeOf(told.by, this.#plan.lease));
      case 'lag':
        return this.#lag(timeOf(told.by, this.#plan.lease));
      default:
        return this.#change(kind, told);
    }
  }

  #withLock(mine, what, run) {
    if (mine === undefined) return;
    this.#note(`${what} lock ${mine.id}`);
    run(mine, this.#stage.locks.get(mine));
  }

  #leaseOf({ share }) {
    return this.#model.leasesDiffer ? 1 + (share % (2 * this.#plan.lease)) : this.#plan.lease;
  }

  #acquire({ name, timeout, enters, ...told }) {
    const options = { lease: this.#leaseOf(told), ...(timeout !== undefined && { timeout }) };
    const lock = this.#model.acquire(this.#model.keys.get(name), options);
    Object.assign(lock, { id: this.#model.locks.length, generation: this.#changes.get(name) });
    this.#note(`lock ${lock.id} = acquire ${name}, ${JSON.stringify(options)}`);
    this.#stage.acquire(lock, name, options);
    if (enters) this.#enter(lock);
  }

  #enter(lock) {
    if (lock === undefined) return;
    this.#note(`enter lock ${lock.id}`);
    this.#stage.enter(lock);
    this.#model.enterLock(lock);
  }

  #setResult(lock, { tags }) {
    if (lock === undefined) return;
    const { name, lock: real } = this.#stage.locks.get(lock);
    const entry = this.#entry(name, lock.began ?? this.#changes.get(name), tags);
    this.#note(`set the result of lock ${lock.id}: ${entry.value}, tags ${tags}`);
    let seen;
    real.setResult(entry.value, { tags }).catch((error) => (seen = codeOf(error)));
    const expected = this.#model.setResult(lock, entry.value, entry);
    this.#model.after(() => assert.equal(seen, expected, `the error of setResult of lock ${lock.id}`));
  }

  #getOrSet({ name, hardTimeout, timeout, forceFresh, isAborted }) {
    const { lease, swr, grace, graceBackoff: backoff } = this.#options;
    const options = {
      lease,
      ...(hardTimeout !== undefined && { hardTimeout: timeOf(hardTimeout, lease) }),
      ...(timeout !== undefined && { timeout }),
      ...(forceFresh && { forceFresh }),
    };
    const caller = {
      hardTimeout: Infinity,
      timeout: Infinity,
      ...options,
      swr,
      grace,
      backoff,
      kept: Math.max(swr, grace),
    };
    Object.assign(caller, { id: this.#model.callers.length + 1, isAborted, generation: this.#changes.get(name) });
    this.#note(`caller ${caller.id} = getOrSet ${name}, ${JSON.stringify(options)}${isAborted ? ', aborted' : ''}`);
    this.#stage.getOrSet(caller, name, options);
    this.#model.getOrSet(this.#model.keys.get(name), caller);
  }

  #abortCaller(caller) {
    if (caller === undefined) return;
    this.#note(`abort caller ${caller.id}`);
    this.#stage.callers.get(caller).controller.abort(new Error('aborted'));
    this.#model.abortCaller(caller);
  }

  /** Settles a loader: with a value, with an error, or with undefined. */
  #load(run, { ends }) {
    if (run === undefined) return;
    this.#stage.running.splice(this.#stage.running.indexOf(run), 1);
    const { mine, name } = run;
    const load = mine.run;
    if (ends === 'error') {
      this.#note(`the loader of caller ${mine.id} throws`);
      run.reject(new Error(`thrown by ${mine.id}`));
      if (load) this.#model.loaded(load, { error: `thrown by ${mine.id}` });
      return;
    }
    const entry = this.#entry(name, run.generation ?? this.#changes.get(name), []);
    if (ends === 'undefined') entry.value = undefined;
    this.#note(`the loader of caller ${mine.id} gives ${entry.value}`);
    run.resolve(entry.value);
    if (load) this.#model.loaded(load, { value: entry.value, entry });
  }

  #change(how, { name, tags, tag }) {
    const key = this.#model.keys.get(name);
    const space = this.#stage.space(name);
    const within = NAMES.filter((each) => space === this.#stage.cache || each.includes('/'));
    const note = (names) => names.forEach((each) => this.#changes.set(each, this.#changes.get(each) + 1));
    if (how === 'set') {
      note([name]);
      const entry = this.#entry(name, this.#changes.get(name), tags);
      this.#note(`set ${name} to ${entry.value}, tags ${tags}`);
      space.set(name, entry.value, { tags });
      return this.#model.change(key, entry);
    }
    if (how === 'expire') {
      // What is stale may be served, so this is no change that makes values wrong.
      this.#note(`expire ${name}`);
      space.expire(name);
      return this.#model.expireEntry(key);
    }
    if (how === 'deleteByTag' || how === 'expireByTag') {
      // Whether an expired entry is still there can't be seen, and so not whether it is deleted.
      const tagged = within.filter((each) => this.#model.keys.get(each).entry?.tags.includes(tag));
      if (tagged.some((each) => this.#model.keys.get(each).entry.expires <= this.#time.now)) return;
      this.#note(`${how} ${tag}, from ${name}`);
      const keys = within.map((each) => this.#model.keys.get(each));
      space[how](tag);
      if (how === 'expireByTag') return this.#model.invalidate(tag, keys, (each) => this.#model.expireEntry(each));
      note(tagged);
      return this.#model.invalidate(tag, keys);
    }
    const changed = how === 'clear' ? within : [name];
    this.#note(`${how} ${changed.join(', ')}`);
    if (how === 'clear') space.clear();
    else space.delete(name);
    note(changed);
    for (const each of changed) this.#model.change(this.#model.keys.get(each), undefined);
  }

  /** Moves the clock on, timer by timer. */
  async #advance(by) {
    await this.#look();
    const end = this.#time.now + by;
    this.#note(`advance by ${by}`);
    for (;;) {
      const next = Math.max(this.#time.now, Math.min(end, this.#time.nextDue));
      this.#time.now = this.#model.now = next;
      while (this.#time.fire()) await this.#stage.settleTurns();
      if (!this.#isAlone) this.#model.tick();
      this.log.push(`${next - this.#begun}: …`);
      await this.#look();
      if (!this.#isAlone) assertNobodyIsLate(this.#model, this.#stage);
      if (next >= end && this.#time.nextDue > end) return;
    }
  }

  /** Moves the clock on without a timer: the event loop was busy. */
  #lag(by) {
    this.#note(`lag of ${by}`);
    this.#time.now += by;
    this.#model.lag += by;
    this.#model.now = this.#time.now;
  }

  /** Lets promises settle, and looks at everything. */
  async #look() {
    await this.#stage.settleTurns();
    this.#model.flush();
    for (const [mine, { name }] of this.#stage.locks) if (mine.turns > 0) mine.began ??= this.#changes.get(name);
    for (const run of this.#stage.running) run.generation ??= this.#changes.get(run.name);
    this.#witness.check(this.#stage, this.#values, this.#changes);
    this.#isAlone ||= this.#model.isAmbiguous;
    if (!this.#isAlone) compare(this.#model, this.#stage, this.#time.nextDue <= this.#time.now);
  }

  #entry(name, generation, tags) {
    const value = `v${this.#values.size + 1}`;
    this.#values.set(value, { name, generation });
    const ttl = this.#options.ttl || Infinity;
    return { value, ttl, expires: this.#time.now + ttl, tags };
  }

  #note(text) {
    this.log.push(`${this.#time.now - this.#begun}: ${text}`);
  }

  async #dispose() {
    await this.#advance(1);
    this.#note('dispose');
    this.#stage.cache[Symbol.dispose ?? Symbol.for('Symbol.dispose')]();
    this.#stage.isOpen = false;
    this.#model.dispose();
    await this.#look();
    this.#assertNothingIsLeft();
  }

  async #end() {
    for (let rest = 0; rest < 50 && this.#stage.waiting.length > 0; rest += 1)
      await this.#advance(2 * this.#plan.lease);
    assert.deepEqual(this.#stage.waiting, [], 'callers that still wait');
    for (const [lock, { lock: seen }] of this.#stage.locks) {
      seen.release();
      this.#model.releaseLock(lock);
    }
    await this.#look();
    while (this.#stage.running.length > 0) {
      this.#load(this.#stage.running[0], { ends: 'value' });
      await this.#look();
    }
    assert.deepEqual(this.#stage.cache.inspect(), [], 'keys that are locked or loaded at the end');
    this.#assertNothingIsLeft();
  }

  #assertNothingIsLeft() {
    for (const { entered } of this.#stage.locks.values()) assert.notEqual(entered, 'pending', 'a lock still waits');
    assert.equal(this.#time.pending, 0, 'timers at the end');
  }
}
