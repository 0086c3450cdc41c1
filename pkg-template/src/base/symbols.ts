// How caches show themselves to others.

/** What Node, Bun and Deno call to print an object. */
export const INSPECT: unique symbol = Symbol.for('nodejs.util.inspect.custom') as never;

/** The name of what sets one cache apart from another, for those who compare them by their properties. */
export const IDENTITY: unique symbol = Symbol.for('keylatch.identity') as never;

/** `Symbol.dispose`, or what stands in for it where the runtime has none: the one that compilers fall back on. */
export const dispose: typeof Symbol.dispose = Symbol.dispose ?? Symbol.for('Symbol.dispose');

/** `Symbol.asyncDispose`, likewise. */
export const asyncDispose: typeof Symbol.asyncDispose = Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose');
