// Platform types that the public types need, also for programs without the declarations of browsers or Node.

declare global {
  // Adds nothing to the platform's own declarations. Where there are none, it stays empty, and `Signal` notices that.
  interface AbortSignal {}
}

/** An `AbortSignal`: the platform's own type where there is one, else the part of it that is used here. */
export type Signal = keyof AbortSignal extends never
  ? {
      readonly aborted: boolean;
      readonly reason: unknown;
      addEventListener(type: 'abort', listener: () => void): void;
      removeEventListener(type: 'abort', listener: () => void): void;
    }
  : AbortSignal;
