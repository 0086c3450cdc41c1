// Warnings of classic mistakes, in development only. Production bundles have nothing of this: whoever replaces
// `process.env.NODE_ENV` drops it.

/** Node's and bundlers'. */
declare const process: { readonly env: { readonly NODE_ENV?: string } };

/** What was warned of. */
const warned = new Set<string>();
/** Promises of loaders that were rejected. */
const rejected = new WeakSet<object>();

/** Warns of a mistake, once. */
function warn(mistake: string, message: string): void {
  if (warned.has(mistake)) return;
  warned.add(mistake);
  console.warn(`keylatch: ${message} (This is said once, and only with NODE_ENV=development.)`);
}

/** What is watched for. */
export const mistakes = {
  /** A cache was made: whether it has a bound, and its time to live. */
  cache(isBounded: boolean, ttl: number | undefined): void {
    const registry = globalThis as { [copy: symbol]: object | undefined };
    // The same in every copy of this package.
    if ((registry[Symbol.for('keylatch.copy')] ??= mistakes) !== mistakes) {
      warn(
        'copies',
        'the package is loaded twice. Caches of different copies share no locks and no WebAssembly module.',
      );
    }
    if (!isBounded && !ttl) {
      warn('bound', 'a cache with max: Infinity and no ttl grows for ever. Give it max, maxSize or ttl.');
    }
    mistakes.ttl(ttl);
  },

  /** A ttl in milliseconds was given. */
  ttl(ttl: unknown): void {
    // A part of a day in whole minutes.
    if (typeof ttl === 'number' && ttl > 0 && ttl % 60 === 0 && 86_400 % ttl === 0) {
      warn('seconds', `a ttl of ${ttl} is ${ttl} milliseconds, not seconds. For seconds, write ${ttl}_000.`);
    }
  },

  /** A ttl in seconds was given. */
  seconds(ttl: number | undefined): void {
    if (
      ttl !== undefined &&
      ttl < Infinity &&
      ttl % 60_000 === 0 &&
      ttl > 0 &&
      (ttl % 86_400 !== 0 || ttl >= 86_400_000)
    ) {
      warn(
        'milliseconds',
        `a ttl of ${ttl} is ${ttl} seconds, not milliseconds. For milliseconds, write ${ttl / 1000}.`,
      );
    }
  },

  /** An entry is stored. */
  entry(value: unknown, ttl: unknown): void {
    mistakes.ttl(ttl);
    const kind = /^\[object (Response|Request|ReadableStream)]$/.exec(Object.prototype.toString.call(value))?.[1];
    if (kind !== undefined) {
      warn(kind, `a ${kind} is stored, whose body can be read only once. Store what you have read from it.`);
    }
  },

  /** A loader has returned something, which is passed on. */
  loaded<T>(result: T): T {
    if (result instanceof Promise) {
      if (rejected.has(result)) {
        warn(
          'rejected',
          'a loader has returned the same rejected promise again. It should make a new one in each call.',
        );
      }
      result.catch(() => rejected.add(result));
    }
    return result;
  },
};

/** What to watch for: nothing but in development. */
export type Mistakes = typeof mistakes;

/** Says what to watch for: nothing but in development. In a form that every bundler resolves. */
export const watched = (): Mistakes | undefined =>
  typeof process !== 'undefined' && process.env.NODE_ENV === 'development' ? mistakes : undefined;
