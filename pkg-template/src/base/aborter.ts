// A signal that can be aborted from another request.
//
// On workerd, an AbortController belongs to the request that has made it: another request that aborts it gets an error. A
// promise that another request resolves goes on in its own request, though. So what can't be done at once is done there.

/** An AbortController that anybody may abort. To be made in the turn of those who mind its signal. */
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

  /** Aborts the signal: at once, or in its own request's turn. */
  abort(reason?: unknown): void {
    try {
      this.#controller.abort(reason);
    } catch {
      this.#ask(reason);
    }
  }
}
