// What a schedule does to the package, and what can be seen of it from outside.

const CODES = [
  'lock-timeout',
  'lock-lost',
  'not-holder',
  'load-timeout',
  'load-failed-recently',
  'disposed',
  'result-already-set',
  'reentrant',
];

/** The turns of promises after which everything that can happen without time has happened. */
const TURNS = 24;

export class Stage {
  /** Every lock and every caller of a load, as the model has them: with what the package shows of them. */
  locks = new Map();
  callers = new Map();
  /** Loaders that were called, and have not settled. */
  running = [];
  cache;
  #spaces;

  constructor({ Cache }, names, options) {
    this.cache = new Cache(options);
    this.#spaces = new Map(names.map((name) => [name, name.includes('/') ? this.cache.namespace('n') : this.cache]));
  }

  /** The callers that have neither a value nor an error. */
  get waiting() {
    return [...this.callers].filter(([, { outcome }]) => outcome === undefined).map(([mine]) => mine.id);
  }

  space(name) {
    return this.#spaces.get(name);
  }

  /** Acquires a lock; `mine` is the model's. */
  acquire(mine, name, options) {
    const controller = new AbortController();
    const lock = this.space(name).acquire(name, { ...options, signal: controller.signal });
    // Asked for in time, so that it can be seen to abort.
    this.locks.set(mine, { lock, controller, signal: lock.signal, name, entered: undefined });
  }

  enter(mine) {
    const seen = this.locks.get(mine);
    seen.entered = 'pending';
    seen.lock.enter().then(
      () => settle(seen, 'entered', 'ok'),
      (error) => settle(seen, 'entered', codeOf(error)),
    );
  }

  getOrSet(mine, name, options) {
    const controller = new AbortController();
    if (mine.isAborted) controller.abort(new Error('aborted'));
    const seen = { outcome: undefined, calls: 0, controller, settled: 0 };
    this.callers.set(mine, seen);
    const loader = ({ signal, stale }) => {
      seen.calls += 1;
      return new Promise((resolve, reject) => this.running.push({ mine, name, signal, stale, resolve, reject }));
    };
    // Without tags: whether an expired entry is still there, to take them over from, can't be seen.
    const call = this.space(name).getOrSet(name, loader, { ...options, tags: [], signal: controller.signal });
    call.then(
      (value) => settle(seen, 'outcome', { value }),
      (error) => settle(seen, 'outcome', { error: codeOf(error) }),
    );
  }

  async settleTurns() {
    for (let turn = 0; turn < TURNS; turn += 1) await undefined;
  }

  // What the model asks.

  /** How many turns a lock has had, as far as can be seen: its token tells of one. */
  turns(mine) {
    return this.locks.get(mine).lock.token > 0 ? 1 : 0;
  }

  isLost(mine) {
    return this.locks.get(mine).signal.aborted;
  }

  entered(mine) {
    return this.locks.get(mine).entered;
  }

  calls(mine) {
    return this.callers.get(mine).calls;
  }

  /** Whether a caller has stopped waiting: it has no value, or the stale one. */
  hasGivenUp(mine) {
    const { outcome } = this.callers.get(mine);
    return outcome?.error === 'load-timeout' || (mine.stale !== undefined && outcome?.value === mine.stale);
  }

  hasValue(mine) {
    return this.callers.get(mine).outcome?.value !== undefined;
  }
}

function settle(seen, field, outcome) {
  seen[field] = outcome;
  seen.settled = (seen.settled ?? 0) + 1;
}

/** An error as a word: the package's by their codes, the schedule's own by their messages. */
export function codeOf(error) {
  return CODES.includes(error?.code) ? error.code : String(error?.message ?? error);
}
