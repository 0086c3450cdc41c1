// One random schedule: what happens in which order, to the package and to the model.

import { assert, random } from '../suite/harness.mjs';
import { Witness, assertNobodyIsLate, compare } from './checks.mjs';
import { Model } from './model.mjs';
import { Stage, codeOf } from './stage.mjs';

const NAMES = ['a', 'b', 'n/a'];
const TAGS = ['t', 'u'];
/** How often each step is taken, relative to the others. */
const STEPS = {
  acquire: 10,
  enter: 12,
  exit: 8,
  setResult: 6,
  extend: 2,
  abortLock: 2,
  getOrSet: 16,
  abortCaller: 3,
  load: 12,
  set: 2,
  delete: 4,
  clear: 1,
  deleteByTag: 3,
  advance: 10,
  lag: 4,
};

export class Schedule {
  /** What has been done, for people. */
  log = [];
  #begun;
  #time;
  #random;
  #stage;
  #model;
  #witness = new Witness();
  #lease;
  #options;
  /** Whether the model can't tell any more what has to happen. The schedule then ends, and has to end well. */
  #isAlone = false;
  /** Every value that was ever made, with the generation of its key when its computation began. */
  #values = new Map();
  /** How often each key has changed. */
  #changes = new Map(NAMES.map((name) => [name, 0]));

  constructor(keylatch, time, seed) {
    this.#time = time;
    this.#begun = time.now;
    this.#random = random(seed);
    const { pick, next } = this.#random;
    this.#lease = pick([100, 1000]);
    const lives = next() < 0.5;
    this.#options = {
      max: 100,
      swr: lives ? pick([0, 50]) : 0,
      grace: lives ? pick([0, 80, 300]) : 0,
      ttl: lives ? 60 : 0,
    };
    this.#stage = new Stage(keylatch, NAMES, { lease: this.#lease, ...this.#options });
    this.#stage.isOpen = true;
    this.#model = new Model(NAMES, this.#stage);
    this.#model.now = time.now;
    this.#model.leasesDiffer = next() < 0.2;
    this.#note(`a cache with ${JSON.stringify({ lease: this.#lease, ...this.#options })}`);
  }

  /** Takes random steps, lets the clock run on until nobody can still wait, and ends everything. */
  async run() {
    const { below, next } = this.#random;
    const steps = 5 + below(45);
    // Some schedules look after each step only; others do several things in one turn of the event loop.
    const burst = next() < 0.5 ? 0 : 0.4;
    for (let step = 0; step < steps && !this.#isAlone; step += 1) {
      // Without a wait between steps of one turn.
      const timers = this.#step(this.#choose());
      if (timers !== undefined) await timers;
      if (next() >= burst) await this.#look();
    }
    await this.#look();
    if (next() < 0.2) return this.#dispose();
    await this.#end();
  }

  #choose() {
    const total = Object.values(STEPS).reduce((sum, weight) => sum + weight, 0);
    let left = this.#random.next() * total;
    return Object.keys(STEPS).find((step) => (left -= STEPS[step]) < 0);
  }

  /** Takes a step; a promise if timers fire on the way. */
  #step(step) {
    const { pick, below, next } = this.#random;
    const name = pick(NAMES);
    const lock = pick(this.#model.locks.filter(({ role }) => role !== 'released' || next() < 0.05));
    const seen = this.#stage.locks.get(lock);
    switch (step) {
      case 'acquire':
        return this.#acquire(name);
      case 'enter':
        return this.#enter(pick(this.#model.locks.filter(({ entered }) => entered === undefined)));
      case 'exit':
        if (lock === undefined) return;
        this.#note(`exit lock ${lock.id}`);
        seen.lock.release();
        return this.#model.releaseLock(lock);
      case 'setResult':
        return this.#setResult(lock);
      case 'extend': {
        if (lock === undefined) return;
        const lease = this.#model.leasesDiffer ? 1 + below(2 * this.#lease) : this.#lease + below(50);
        this.#note(`extend lock ${lock.id} to ${lease}`);
        assert.equal(seen.lock.extend(lease), this.#model.extend(lock, lease), 'whether it could be extended');
        return;
      }
      case 'abortLock':
        if (lock === undefined) return;
        this.#note(`abort lock ${lock.id}`);
        seen.controller.abort(new Error('aborted'));
        return this.#model.abortLock(lock);
      case 'getOrSet':
        // Which lease a load has that takes another one's place can't be seen, unless all are the same.
        return this.#model.leasesDiffer ? this.#acquire(name) : this.#getOrSet(name);
      case 'abortCaller': {
        const caller = pick(this.#model.callers.filter(({ outcome }) => outcome === undefined));
        if (caller === undefined) return;
        this.#note(`abort caller ${caller.id}`);
        this.#stage.callers.get(caller).controller.abort(new Error('aborted'));
        return this.#model.abortCaller(caller);
      }
      case 'load':
        return this.#load(pick(this.#stage.running));
      case 'set':
      case 'delete':
      case 'clear':
      case 'deleteByTag':
        return this.#change(step, name);
      case 'advance':
        return this.#advance(pick([1, 10, 30, this.#lease / 2, this.#lease - 1, this.#lease, 2 * this.#lease]));
      case 'lag':
        return this.#lag(pick([1, 5, this.#lease / 2, this.#lease]));
    }
  }

  #acquire(name) {
    const { below, next } = this.#random;
    const lease = this.#model.leasesDiffer ? 1 + below(2 * this.#lease) : this.#lease;
    const options = { lease, ...(next() < 0.2 && { timeout: this.#random.pick([1, 50, 99, 100, 500]) }) };
    const lock = this.#model.acquire(this.#model.keys.get(name), options);
    Object.assign(lock, { id: this.#model.locks.length, generation: this.#changes.get(name) });
    this.#note(`lock ${lock.id} = acquire ${name}, ${JSON.stringify(options)}`);
    this.#stage.acquire(lock, name, options);
    if (next() < 0.7) this.#enter(lock);
  }

  #enter(lock) {
    if (lock === undefined) return;
    this.#note(`enter lock ${lock.id}`);
    this.#stage.enter(lock);
    this.#model.enterLock(lock);
  }

  #setResult(lock) {
    if (lock === undefined) return;
    const { name } = this.#stage.locks.get(lock);
    const entry = this.#entry(name, lock.began ?? this.#changes.get(name));
    this.#note(`set the result of lock ${lock.id}: ${entry.value}, tags ${entry.tags}`);
    let seen;
    this.#stage.locks
      .get(lock)
      .lock.setResult(entry.value, { tags: entry.tags })
      .catch((error) => (seen = codeOf(error)));
    const expected = this.#model.setResult(lock, entry.value, entry);
    this.#model.after(() => assert.equal(seen, expected, `the error of setResult of lock ${lock.id}`));
  }

  #getOrSet(name) {
    const { pick, next } = this.#random;
    const { swr, grace } = this.#options;
    const options = {
      lease: this.#lease,
      ...(next() < 0.15 && { hardTimeout: pick([1, 40, this.#lease, 3 * this.#lease]) }),
      ...(next() < 0.2 && { timeout: pick([1, 20]) }),
      ...(next() < 0.15 && { forceFresh: true }),
    };
    const caller = { hardTimeout: Infinity, timeout: Infinity, ...options, swr, grace, kept: Math.max(swr, grace) };
    Object.assign(caller, { id: this.#model.callers.length + 1, isAborted: next() < 0.02 });
    caller.generation = this.#changes.get(name);
    this.#note(
      `caller ${caller.id} = getOrSet ${name}, ${JSON.stringify(options)}${caller.isAborted ? ', aborted' : ''}`,
    );
    this.#stage.getOrSet(caller, name, options);
    this.#model.getOrSet(this.#model.keys.get(name), caller);
  }

  /** Settles a loader: with a value mostly. */
  #load(run) {
    if (run === undefined) return;
    this.#stage.running.splice(this.#stage.running.indexOf(run), 1);
    const { mine, name } = run;
    const how = this.#random.next();
    const load = mine.run;
    if (how < 0.15) {
      this.#note(`the loader of caller ${mine.id} throws`);
      run.reject(new Error(`thrown by ${mine.id}`));
      load && this.#model.loaded(load, { error: `thrown by ${mine.id}` });
      return;
    }
    const entry = this.#entry(name, run.generation ?? this.#changes.get(name));
    entry.tags = [];
    if (how < 0.25) entry.value = undefined;
    this.#note(`the loader of caller ${mine.id} gives ${entry.value}`);
    run.resolve(entry.value);
    if (load) this.#model.loaded(load, { value: entry.value, entry });
  }

  #change(how, name) {
    const { pick } = this.#random;
    const key = this.#model.keys.get(name);
    const space = this.#stage.space(name);
    const within = NAMES.filter((each) => space === this.#stage.cache || each.includes('/'));
    if (how === 'set') {
      this.#changes.set(name, this.#changes.get(name) + 1);
      const entry = this.#entry(name, this.#changes.get(name));
      this.#note(`set ${name} to ${entry.value}, tags ${entry.tags}`);
      space.set(name, entry.value, { tags: entry.tags });
      return this.#model.change(key, entry);
    }
    if (how === 'deleteByTag') {
      const tag = pick(TAGS);
      // Whether an expired entry is still there can't be seen, and so not whether it is deleted.
      const entries = within.map((each) => this.#model.keys.get(each).entry);
      if (entries.some((entry) => entry?.expires <= this.#time.now && entry.tags.includes(tag))) return undefined;
      this.#note(`delete by tag ${tag}, from ${name}`);
      for (const each of within) {
        if (this.#model.keys.get(each).entry?.tags.includes(tag)) this.#changes.set(each, this.#changes.get(each) + 1);
      }
      space.deleteByTag(tag);
      return this.#model.invalidate(
        tag,
        within.map((each) => this.#model.keys.get(each)),
      );
    }
    const changed = how === 'clear' ? within : [name];
    this.#note(`${how} ${changed.join(', ')}`);
    if (how === 'clear') space.clear();
    else space.delete(name);
    for (const each of changed) {
      this.#changes.set(each, this.#changes.get(each) + 1);
      this.#model.change(this.#model.keys.get(each), undefined);
    }
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

  #entry(name, generation) {
    const value = `v${this.#values.size + 1}`;
    this.#values.set(value, { name, generation });
    const ttl = this.#options.ttl || Infinity;
    const tags = this.#random.next() < 0.4 ? [this.#random.pick(TAGS)] : [];
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
    for (let rest = 0; rest < 50 && this.#stage.waiting.length > 0; rest += 1) await this.#advance(2 * this.#lease);
    assert.deepEqual(this.#stage.waiting, [], 'callers that still wait');
    for (const [lock, { lock: seen }] of this.#stage.locks) {
      seen.release();
      this.#model.releaseLock(lock);
    }
    await this.#look();
    while (this.#stage.running.length > 0) {
      this.#load(this.#stage.running[0]);
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
