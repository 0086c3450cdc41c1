// A promise with its resolvers at hand.

/** A promise that is settled from outside. */
export interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T | PromiseLike<T>) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * A promise that goes on in the request that made it, whichever request settles it. workerd sees to that, but not for a
 * `Promise` made by code that V8 has optimized. A subclass is always made the slow way. (As a getter, the species would be
 * looked up the slow way, too: a load would take three times as long.)
 */
class RequestPromise<T> extends Promise<T> {
  static override readonly [Symbol.species] = Promise;
}

/** A promise that is settled from outside. A rejection that nobody handles isn't reported. */
export function deferred<T>(): Deferred<T> {
  let resolve!: Deferred<T>['resolve'];
  let reject!: Deferred<T>['reject'];
  const promise = new RequestPromise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  promise.catch(() => {});
  return { promise, resolve, reject };
}
