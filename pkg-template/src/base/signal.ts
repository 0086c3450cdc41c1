// The platform's types that the public ones need, for programs that have no declarations of browsers or of Node, too.

declare global {
  // Adds nothing where the platform's own declarations are, and where they aren't, lets one see that.
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
