// What a platform adds to bare Hermes, as far as the suite needs it. React Native has most of it.

const g = globalThis;
const [now, later] = [Date.now, g.setTimeout];
const real = () => Reflect.apply(now, Date, []);

class EventTarget {
  #listeners = [];
  addEventListener(type, listener, { once = false } = {}) {
    if (!this.#listeners.some((each) => each.type === type && each.listener === listener))
      this.#listeners.push({ type, listener, once });
  }
  removeEventListener(type, listener) {
    this.#listeners = this.#listeners.filter((each) => each.type !== type || each.listener !== listener);
  }
  dispatchEvent(event) {
    event.target ??= this;
    for (const each of this.#listeners) {
      if (each.type !== event.type || !this.#listeners.includes(each)) continue;
      if (each.once) this.removeEventListener(each.type, each.listener);
      if (typeof each.listener === 'function') each.listener.call(this, event);
      else each.listener.handleEvent(event);
    }
    return true;
  }
}

class Event {
  constructor(type) {
    this.type = type;
  }
  preventDefault() {}
}

class AbortSignal extends EventTarget {
  aborted = false;
  reason = undefined;
  static abort(reason) {
    const controller = new AbortController();
    controller.abort(reason);
    return controller.signal;
  }
  throwIfAborted() {
    if (this.aborted) throw this.reason;
  }
}

class AbortController {
  signal = new AbortSignal();
  abort(reason = Object.assign(new Error('This operation was aborted'), { name: 'AbortError' })) {
    if (this.signal.aborted) return;
    Object.assign(this.signal, { aborted: true, reason });
    this.signal.dispatchEvent(new Event('abort'));
  }
}

/** Errors that nobody catches go to those who listen, as in a page. */
const page = new EventTarget();
function guarded(run) {
  try {
    run();
  } catch (error) {
    page.dispatchEvent(Object.assign(new Event('error'), { error }));
  }
}

// The engine alone runs what is to come later at once, one after the other. Here it waits for its time.
const timers = new Map();
let last = 0;
let isTicking = false;
function tick() {
  const at = real();
  const due = [...timers].filter(([, timer]) => timer.at <= at).sort(([, one], [, other]) => one.at - other.at);
  isTicking = timers.size > 0;
  if (!isTicking) return;
  later(tick);
  if (due.length === 0) return;
  const [[id, timer]] = due;
  if (timer.every === undefined) timers.delete(id);
  else timer.at = at + timer.every;
  guarded(timer.run);
}
function arm(run, delay, words, every) {
  last += 1;
  timers.set(last, { run: () => run(...words), at: real() + (delay > 0 ? delay : 0), every });
  if (!isTicking) later(tick);
  isTicking = true;
  return last;
}
const disarm = (id) => void timers.delete(id);

/** Copies what JSON can't. */
function structuredClone(value, copies = new Map()) {
  if (typeof value === 'function' || typeof value === 'symbol') throw new Error('it could not be cloned');
  if (typeof value !== 'object' || value === null) return value;
  if (copies.has(value)) return copies.get(value);
  const keep = (copy) => (copies.set(value, copy), copy);
  const clone = (part) => structuredClone(part, copies);
  if (value instanceof Date || value instanceof RegExp) return keep(new value.constructor(value));
  if (value instanceof ArrayBuffer) return keep(value.slice(0));
  if (ArrayBuffer.isView(value)) {
    const { constructor, byteOffset, byteLength, length } = value;
    return keep(new constructor(clone(value.buffer), byteOffset, length ?? byteLength));
  }
  if (value instanceof Map) {
    const copy = keep(new Map());
    for (const [key, each] of value) copy.set(clone(key), clone(each));
    return copy;
  }
  if (value instanceof Set) {
    const copy = keep(new Set());
    for (const each of value) copy.add(clone(each));
    return copy;
  }
  if (value instanceof Error) return keep(Object.assign(new value.constructor(value.message), { stack: value.stack }));
  if (value instanceof Promise || value instanceof WeakMap) throw new Error('it could not be cloned');
  const copy = keep(Array.isArray(value) ? Array(value.length) : {});
  for (const key of Object.keys(value)) copy[key] = clone(value[key]);
  return copy;
}

const missing = {
  console: Object.fromEntries(['log', 'warn', 'error', 'info', 'debug'].map((name) => [name, g.print])),
  performance: { now: real },
  Event,
  EventTarget,
  AbortSignal,
  AbortController,
  structuredClone: (value) => structuredClone(value),
  addEventListener: (...words) => page.addEventListener(...words),
  removeEventListener: (...words) => page.removeEventListener(...words),
  queueMicrotask: (run) => void Promise.resolve().then(() => guarded(run)),
  AggregateError: class AggregateError extends Error {
    constructor(errors, ...words) {
      super(...words);
      this.errors = [...errors];
    }
  },
  DOMException: class DOMException extends Error {
    constructor(message, name) {
      super(message);
      this.name = name;
    }
    get [Symbol.toStringTag]() {
      return 'DOMException';
    }
  },
  URL: class URL {
    constructor(href) {
      this.href = href;
    }
    get [Symbol.toStringTag]() {
      return 'URL';
    }
  },
  URLSearchParams: class URLSearchParams {
    get [Symbol.toStringTag]() {
      return 'URLSearchParams';
    }
  },
};
for (const name in missing) g[name] ??= missing[name];
Object.assign(g, {
  setTimeout: (run, delay, ...words) => arm(run, delay, words),
  setInterval: (run, delay, ...words) => arm(run, delay, words, Math.max(1, delay)),
  setImmediate: (run, ...words) => arm(run, 0, words),
  clearTimeout: disarm,
  clearInterval: disarm,
  clearImmediate: disarm,
});
Promise.allSettled ??= (list) => {
  const told = (promise) =>
    Promise.resolve(promise).then(
      (value) => ({ status: 'fulfilled', value }),
      (reason) => ({ status: 'rejected', reason }),
    );
  return Promise.all([...list].map(told));
};
for (const type of [Array, String, Object.getPrototypeOf(Uint8Array)]) {
  type.prototype.at ??= function (index) {
    return this[index < 0 ? this.length + index : index];
  };
}
