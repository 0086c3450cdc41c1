// How values become bytes.

/** Turns values into bytes, or text, and back. */
export interface Codec {
  /** @throws If the value can't be held: then it stays in memory alone. */
  encode(value: unknown): Uint8Array | string;
  /** @throws If the bytes are none that `encode` has made: then they count as no value. */
  decode(bytes: Uint8Array): unknown;
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * A codec of two functions that write and read text.
 *
 * @example
 * import * as devalue from 'devalue';
 * const codec = text(devalue.stringify, devalue.parse);
 */
export function text(stringify: (value: unknown) => string, parse: (text: string) => unknown): Codec {
  return { encode: stringify, decode: (bytes) => parse(decoder.decode(bytes)) };
}

/**
 * JSON, which refuses what it would lose: anything but text, finite numbers, booleans, `null`, lists, and plain objects of
 * these. A property that is `undefined` counts as missing.
 */
export const json: Codec = text((value) => JSON.stringify(value, refuseLoss), JSON.parse);

/** For `JSON.stringify`: throws where another value would be written than the one that is there. */
function refuseLoss(this: unknown, name: string, written: unknown): unknown {
  const value = (this as Record<string, unknown>)[name];
  const isLost =
    typeof value === 'object' ? value !== null && !isPlain(value) : typeof value === 'number' ? !isExact(value) : false;
  const isMissing = value === undefined && (Array.isArray(this) || name === '');
  if (isLost || isMissing || /^(bigint|symbol|function)$/.test(typeof value)) {
    const kind = typeof value === 'object' ? Object.prototype.toString.call(value).slice(8, -1) : typeof value;
    throw new TypeError(
      `json: it can't hold ${name === '' ? 'this value' : JSON.stringify(name)}, of the kind ${kind}`,
    );
  }
  return written;
}

const isExact = (value: number): boolean => Number.isFinite(value) && !Object.is(value, -0);

function isPlain(value: object): boolean {
  if (Object.getOwnPropertySymbols(value).length > 0 || 'toJSON' in value) return false;
  if (Array.isArray(value)) return Object.keys(value).length === value.length;
  const prototype: unknown = Object.getPrototypeOf(value);
  // Of another realm, too.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
