// What is used of the module that workers have.

declare module 'cloudflare:workers' {
  /** An object whose methods other workers may call. */
  export const DurableObject: new (state: import('./platform.js').ObjectState, env: unknown) => object;
}
