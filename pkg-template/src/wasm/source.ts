// What the module can be made of, in a shape that needs no declarations of a platform.

/**
 * A compiled module, or its bytes. An object, and not a promise nor a response: TypeScript knows no property by which a
 * `WebAssembly.Module` could be told apart.
 */
export type ModuleOrBytes = object & { readonly then?: undefined; readonly arrayBuffer?: undefined };

/** The part of a `Response` that is used here. */
export type ResponseShape = {
  readonly status: number;
  arrayBuffer(): Promise<ArrayBuffer>;
};
