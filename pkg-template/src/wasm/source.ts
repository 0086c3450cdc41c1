// What the module can be made of, in a shape that needs no declarations of a platform.

/**
 * A compiled module, or its bytes. Any object that is neither a promise nor a response: in TypeScript,
 * `WebAssembly.Module` has no property that tells it apart.
 */
export type ModuleOrBytes = object & { readonly then?: undefined; readonly arrayBuffer?: undefined };

/** The part of a `Response` that is used here. */
export type ResponseShape = {
  readonly status: number;
  arrayBuffer(): Promise<ArrayBuffer>;
};
