// A promise with its resolvers at hand.

/** A promise that is settled from outside. */
export interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T | PromiseLike<T>) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Stands for the class of a promise, so that V8 makes it the slow way. A promise goes on in the request that made it,
 * whichever request settles it: workerd sees to that, but not for a `Promise` made by code that V8 has optimized. It is
 * an ordinary promise all the same, and a class in its place could not be compiled for older targets.
 */
function SlowPromise(): void {}
SlowPromise.prototype = Promise.prototype;

/** A promise that is settled from outside. A rejection that nobody handles isn't reported. */
export function deferred<T>(): Deferred<T> {
  let resolve!: Deferred<T>['resolve'];
  let reject!: Deferred<T>['reject'];
  const settle = (onResolve: Deferred<T>['resolve'], onReject: Deferred<T>['reject']): void => {
    resolve = onResolve;
    reject = onReject;
  };
  const promise = Reflect.construct(Promise, [settle], SlowPromise) as Promise<T>;
  promise.catch(() => {});
  return { promise, resolve, reject };
}
