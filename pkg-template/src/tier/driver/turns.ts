// Turns to load a record, so that one node loads for all. They save work: what keeps values right is the store's fence.

import type { Asked } from './asked.js';
import type { Link } from './link.js';
import type { Settings } from './options.js';

/** How long to wait before the next try while another node has the turn, in milliseconds. */
const [FIRST_PAUSE, LONGEST_PAUSE] = [10, 250];

export class Turns {
  /** Whether nodes take turns. */
  readonly areShared: boolean;
  readonly #link: Link;
  readonly #asked: Asked;
  readonly #settings: Settings;
  /** Names this node. Made when it is needed: on workerd there is no chance at module scope. */
  #node: string | undefined;
  /** Nodes wait for different times, but the keys of one node for the same: they go on together. */
  #share: number | undefined;

  constructor(link: Link, asked: Asked, settings: Settings, areShared: boolean) {
    this.#link = link;
    this.#asked = asked;
    this.#settings = settings;
    this.areShared = areShared;
  }

  /**
   * Asks for the turn. If another node has it, waits a little.
   *
   * @param lease For how long, in milliseconds.
   * @returns The turn, if this node has it; `undefined` if there are no turns at the moment.
   */
  async take(
    id: string,
    call: object,
    tries: number,
    lease = this.#settings.lease,
  ): Promise<{ readonly turn: number | undefined } | undefined> {
    const { hardTimeout } = this.#settings;
    const node = (this.#node ??= String(Math.random()).slice(2));
    try {
      const asking = this.#link.ask(hardTimeout, (store, signal) =>
        store.turn === undefined
          ? Promise.reject(new TypeError('it has no turns'))
          : store.turn(id, { lease, node }, signal),
      );
      this.#asked.note(call, asking);
      const answer = await asking;
      if (answer?.heldFor !== undefined) await this.#pause(tries, answer.heldFor);
      return answer && { turn: answer.turn };
    } catch {
      // The link has told. Then each node loads for itself.
      return undefined;
    }
  }

  #pause(tries: number, heldFor: number): Promise<void> {
    const share = (this.#share ??= 0.5 + Math.random() / 2);
    // Turns that were taken soon after this one are over by then, too.
    const most = Math.min(heldFor + FIRST_PAUSE, LONGEST_PAUSE);
    return new Promise((resolve) => setTimeout(resolve, Math.min(most, FIRST_PAUSE * 2 ** tries * share)));
  }

  /** Gives a turn back. */
  end(id: string, turn: number | undefined): void {
    if (turn === undefined) return;
    const { hardTimeout } = this.#settings;
    const ended = this.#link.ask(hardTimeout, async (store, signal) => store.endTurn!(id, turn, signal));
    // If that fails, its lease ends.
    this.#settings.waitUntil(ended.catch(() => {}));
  }
}
