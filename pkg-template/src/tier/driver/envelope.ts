// What a record holds: a line of JSON about the value, and the value's bytes.

import type { Codec } from './codec.js';

/** What is known of a value. */
export interface Header {
  /** When its life began, by the store's time in milliseconds. */
  readonly created: number;
  /** Its time to live, in milliseconds. */
  readonly ttl: number;
  readonly tags: readonly string[];
  readonly etag: string | undefined;
}

/** The version of this form. Others are no value. */
const VERSION = 1;
const END_OF_LINE = 10;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

/** @throws What the codec throws. */
export function seal(value: unknown, header: Header, schema: string, codec: Codec): Uint8Array {
  const { created, ttl, tags, etag } = header;
  const line = JSON.stringify({
    v: VERSION,
    b: schema,
    c: created,
    d: ttl === Infinity ? undefined : ttl,
    t: tags.length === 0 ? undefined : tags,
    n: etag,
  });
  const payload = codec.encode(value);
  const [front, back] = [encoder.encode(`${line}\n`), typeof payload === 'string' ? encoder.encode(payload) : payload];
  const data = new Uint8Array(front.length + back.length);
  data.set(front);
  data.set(back, front.length);
  return data;
}

/** @throws If the bytes are of another version or schema, or damaged. */
export function unseal(data: Uint8Array, schema: string, codec: Codec): Header & { readonly value: unknown } {
  const end = data.indexOf(END_OF_LINE);
  const line = JSON.parse(decoder.decode(data.subarray(0, end))) as Record<string, unknown>;
  const { v, b, c: created, d: ttl = Infinity, t: tags = [], n: etag } = line;
  const isWhole =
    v === VERSION &&
    b === schema &&
    typeof created === 'number' &&
    typeof ttl === 'number' &&
    Array.isArray(tags) &&
    tags.every((tag) => typeof tag === 'string') &&
    (etag === undefined || typeof etag === 'string');
  if (!isWhole) throw new TypeError('it is of another version or schema, or damaged');
  const value = codec.decode(data.subarray(end + 1));
  if (value === undefined) throw new TypeError('it has no value');
  return { value, created, ttl, tags: tags as string[], etag: etag as string | undefined };
}
