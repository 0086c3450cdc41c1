// What tells the other tabs that there may be something new.

import { elapsed } from '../../base/elapsed.js';
import { within } from '../within.js';

/** As long as a timer may take, in milliseconds. */
const LONGEST = 2e9;

/** Rings in every tab, as far as the platform can. Who hears nothing looks from time to time. */
export class Bell {
  readonly #name: string;
  readonly #poll: number;

  constructor(name: string, poll: number) {
    this.#name = name;
    this.#poll = poll;
  }

  ring(): void {
    const channel = this.#channel();
    channel?.postMessage(0);
    channel?.close();
  }

  /** Asks until there is news, again with each ring, and once more when the wait is over. */
  async listen<T>(
    wait: number,
    signal: AbortSignal,
    ask: () => Promise<T>,
    isNews: (answer: T) => boolean,
  ): Promise<T> {
    const end = elapsed() + Math.min(wait, LONGEST);
    let ring = (): void => {};
    // From the beginning, so that no ring is missed between question and wait.
    const channel = wait > 0 ? this.#channel() : undefined;
    let rung = new Promise<void>((resolve) => (ring = resolve));
    channel?.addEventListener('message', () => ring());
    try {
      for (;;) {
        const answer = await ask();
        const rest = end - elapsed();
        if (isNews(answer) || rest <= 0) return answer;
        await within(signal, rung, channel ? rest : Math.min(rest, this.#poll));
        rung = new Promise<void>((resolve) => (ring = resolve));
      }
    } finally {
      channel?.close();
    }
  }

  #channel(): BroadcastChannel | undefined {
    return globalThis.BroadcastChannel && new BroadcastChannel(this.#name);
  }
}
