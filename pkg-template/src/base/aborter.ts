// A signal that can be aborted from another request.
//
// On workerd, an AbortController belongs to the request that made it: `abort` throws in any other request. But any
// request may resolve a promise, and the code that waits for it then runs in its own request. So where `abort` throws,
// a promise carries the reason to the right request.

/** An AbortController that any request may abort. Make it in the request that listens to its signal. */
export class Aborter {
  readonly #controller = new AbortController();
  #ask!: (reason: unknown) => void;

  constructor() {
    void new Promise((resolve) => (this.#ask = resolve))
      .then((reason) => this.#controller.abort(reason))
      .catch(() => {});
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Aborts the signal: at once, or soon, in the request that made it. */
  abort(reason?: unknown): void {
    try {
      this.#controller.abort(reason);
    } catch {
      this.#ask(reason);
    }
  }
}
