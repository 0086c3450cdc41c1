// What the demo prints, and the line that shows how far it is.

const CLEAR = '\r\x1b[K';

/** How many milliseconds a line that counts stays as it is, at least. */
const CALM = 80;

/** The terminal, or the pipe or file in its place: that gets no progress and no colours. */
export class Screen {
  #out;
  #isTerminal;
  #isBold;
  #isShowing = false;
  #shown = -Infinity;

  /** @param {import('node:tty').WriteStream} out */
  constructor(out) {
    this.#out = out;
    this.#isTerminal = Boolean(out.isTTY) && process.env.TERM !== 'dumb';
    this.#isBold = this.#isTerminal && !process.env.NO_COLOR;
  }

  /** Prints text, in place of the progress line. */
  print(text = '') {
    this.clear();
    this.#out.write(`${text}\n`);
  }

  /** Prints a heading. */
  head(text) {
    this.print(this.#isBold ? `\x1b[1m${text}\x1b[22m` : text);
  }

  /** Shows how far it is, for what changes so often that most of it need not be seen. */
  tick(text) {
    if (performance.now() - this.#shown >= CALM) this.show(text);
  }

  /** Shows what is being done. */
  show(text) {
    if (!this.#isTerminal) return;
    this.#shown = performance.now();
    this.#isShowing = true;
    this.#out.write(`${CLEAR}${`… ${text}`.slice(0, (this.#out.columns || 80) - 1)}`);
  }

  /** Takes the progress line away. */
  clear() {
    if (this.#isShowing) this.#out.write(CLEAR);
    this.#isShowing = false;
    this.#shown = -Infinity;
  }
}
