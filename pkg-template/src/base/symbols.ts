// How caches show themselves to others.

/** What Node, Bun and Deno call to print an object. */
export const INSPECT: unique symbol = Symbol.for('nodejs.util.inspect.custom') as never;

/** The key of a property that differs in every cache, for code that compares caches by their properties. */
export const IDENTITY: unique symbol = Symbol.for('keylatch.identity') as never;

/** `Symbol.dispose`. Where the runtime has none, the symbol that compilers use instead. */
export const dispose: typeof Symbol.dispose = Symbol.dispose ?? Symbol.for('Symbol.dispose');

/** `Symbol.asyncDispose`, likewise. */
export const asyncDispose: typeof Symbol.asyncDispose = Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose');
