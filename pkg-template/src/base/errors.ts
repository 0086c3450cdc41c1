import type { Key } from './key.js';

/**
 * What is wrong, for programs. The table in `docs/errors.md` tells when each is thrown and what to do.
 */
export type CacheErrorCode =
  | 'invalid-option'
  | 'invalid-argument'
  | 'invalid-key'
  | 'invalid-ttl'
  | 'invalid-size'
  | 'not-isolable'
  | 'disposed'
  | 'out-of-memory'
  | 'wasm-unavailable'
  | 'result-already-set'
  | 'lock-lost'
  | 'reentrant'
  | 'load-timeout'
  | 'load-failed-recently'
  | 'no-value'
  | 'lock-timeout'
  | 'not-holder'
  | 'callback-loop'
  | 'store-unavailable';

/** The same in every copy of this package that a program has loaded. */
const brand = Symbol.for('keylatch.CacheError');

/** The stack frames above the caller's: this package's, recognised by their paths, and native ones between them. */
const OWN_FRAMES = /(\n.*(node_modules.keylatch[\\/].*|<anonymous>\)))+/;

/**
 * The one error that this package throws of its own accord. A callback's error is passed on as it is. A program may
 * load this package twice, for example as `keylatch` and as `keylatch/slim`: `instanceof CacheError` recognises the
 * errors of both.
 */
export class CacheError extends Error {
  /** @internal The published files have short names for everything else. */
  static override get name(): string {
    return 'CacheError';
  }
  /** What is wrong. */
  readonly code: CacheErrorCode;
  /** The error behind this one, where there is one. */
  declare readonly cause?: unknown;
  /** The key of the lock or the load that failed; `undefined` for other errors. */
  declare readonly key?: Key | undefined;

  /**
   * @param code What is wrong, for programs.
   * @param message What is wrong, for people.
   * @param options `cause`: the error behind this one; `key`: the key that it is about.
   */
  constructor(
    code: CacheErrorCode,
    message: string,
    options?: { readonly cause?: unknown; readonly key?: Key | undefined },
  ) {
    super(message, options);
    this.code = code;
    if (options?.key !== undefined) this.key = options.key;
    const { stack } = this;
    // A program that formats stacks itself may have made this something other than text.
    if (typeof stack === 'string' && OWN_FRAMES.test(stack)) this.stack = stack.replace(OWN_FRAMES, '');
  }

  /** `'CacheError'`. */
  override get name(): string {
    return 'CacheError';
  }

  /** @internal By this property, another copy of the class recognises the error. */
  get [brand](): true {
    return true;
  }
}

// Outside of the class, because compilers for older targets can't express it inside.
Object.defineProperty(CacheError, Symbol.hasInstance, {
  value(this: unknown, value: unknown): boolean {
    return this === CacheError
      ? (value as Partial<CacheError> | null)?.[brand] === true
      : // Subclasses have just their own instances.
        Function.prototype[Symbol.hasInstance].call(this as typeof CacheError, value);
  },
});

/** An error about an option or an argument. The message names it, says what was expected, and shows the value. */
export function invalid(code: CacheErrorCode, name: string, expected: string, value: unknown): CacheError {
  return new CacheError(code, `${name}: expected ${expected}, got ${describe(value)}`);
}

/** An error about a lock or a load of a key, which names the key. */
export function about(code: CacheErrorCode, key: Key, message: string, cause?: unknown): CacheError {
  return new CacheError(code, `${describe(key)}: ${message}`, cause === undefined ? { key } : { key, cause });
}

/** What a value looks like in a message: short, and without running any code of the value's owner. */
export function describe(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
    case 'bigint':
      return `${value}n`;
    case 'function':
      return 'a function';
    case 'object':
      return value === null ? 'null' : 'an object';
    default:
      return Object.is(value, -0) ? '-0' : String(value);
  }
}
