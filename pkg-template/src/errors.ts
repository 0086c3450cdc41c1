import type { Key } from './cache/key.js';

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
  | 'lock-timeout'
  | 'not-holder';

/** The one error that this package throws of its own accord. A callback's error is passed on as it is. */
export class CacheError extends Error {
  /** @internal The published files have short names for everything else. */
  static override readonly name: string = 'CacheError';
  /** What is wrong. */
  readonly code: CacheErrorCode;
  /** The key that it is about: of a lock, or of a load. `undefined` if it is about none. */
  readonly key: Key | undefined;

  /**
   * @param code What is wrong, for programs.
   * @param message What is wrong, for people.
   * @param options `cause`: the error behind this one; `key`: the key that it is about.
   */
  constructor(code: CacheErrorCode, message: string, options?: ErrorOptions & { key?: Key }) {
    super(message, options);
    this.code = code;
    this.key = options?.key;
  }

  /** `'CacheError'`. */
  override get name(): string {
    return 'CacheError';
  }
}

/** An error about an option or an argument, which names it, says what was expected, and shows what came. */
export function unfit(code: CacheErrorCode, name: string, expected: string, value: unknown): CacheError {
  return new CacheError(code, `${name}: expected ${expected}, got ${describe(value)}`);
}

/** An error about a lock or a load of a key, which names the key. */
export function about(code: CacheErrorCode, key: Key, message: string): CacheError {
  return new CacheError(code, `${describe(key)}: ${message}`, { key });
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
