// The feed: what the node hears of other nodes' changes, and how long memory is believed without news.

import { Doubt } from '../rules/doubt.js';
import { Feed } from '../rules/feed.js';
import type { News as StoreNews, Position } from '../store.js';
import type { Link } from './link.js';
import type { Memory } from './memory.js';
import type { News } from './news.js';
import { SLACK } from './options.js';
import type { Settings } from './options.js';
import type { Outbox } from './outbox.js';

/** The waits between tries, in milliseconds. */
const [FIRST_PAUSE, LONGEST_PAUSE] = [50, 2000];

export class Listener {
  doubt: Doubt;
  readonly #feed = new Feed();
  readonly #memory: Memory;
  readonly #link: Link;
  readonly #settings: Settings;
  readonly #outbox: Outbox;
  readonly #news: News;
  /** Called when there may be doubt, or none any more. */
  readonly #onTurn: () => void;
  /** Where the node is in the feed. */
  #at: Position | undefined;
  /** The number from which on it has heard of each change. */
  #begun = 0;
  #isRunning = false;
  #isClosed = false;
  /** Until when a question of {@link Listener.pull} is under way, unless it is answered before. */
  #pullingUntil = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(memory: Memory, link: Link, settings: Settings, outbox: Outbox, news: News, onTurn: () => void) {
    this.doubt = new Doubt(settings.doubt, settings.now());
    [this.#memory, this.#link, this.#settings, this.#outbox, this.#news] = [memory, link, settings, outbox, news];
    this.#onTurn = onTurn;
  }

  /**
   * For how many milliseconds memory may believe a value that was asked for at a moment. Where memory doesn't hear of each
   * change since the value's load began, that is `doubt`.
   */
  lifeOf(since: Position | undefined, asked: number): number {
    const { now, doubt } = this.#settings;
    const hears = this.#isRunning && since !== undefined && since.sequence >= this.#begun;
    return hears ? this.doubt.life(asked, now()) : asked + doubt - now();
  }

  /** Begins, at the position of the store's first answer. */
  begin(at: Position): void {
    if (this.#at !== undefined || this.#isClosed) return;
    this.#at = at;
    this.#begun = at.sequence;
    this.#feed.begin(at.sequence);
    this.doubt = new Doubt(this.#settings.doubt, this.#settings.now());
    this.#news.reset(at.sequence);
    if (!this.#settings.isListening || this.#isRunning) return;
    this.#isRunning = true;
    void this.#listen();
  }

  /** Asks once, where nothing runs in the background. */
  async pull(): Promise<void> {
    const { now, timeout } = this.#settings;
    if (this.#isRunning || now() < this.#pullingUntil || this.#at === undefined) return;
    const until = now() + timeout + SLACK;
    this.#pullingUntil = until;
    const isOver = (): void => {
      if (this.#pullingUntil === until) this.#pullingUntil = 0;
    };
    const pulled = this.#ask(0, timeout).then(isOver, isOver);
    // News wait for changes that are on their way, and nobody waits for those. Their requests may have ended.
    if (this.#outbox.size > 0) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    await Promise.race([pulled, new Promise((resolve) => (timer = setTimeout(resolve, timeout)))]);
    clearTimeout(timer);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  async #listen(): Promise<void> {
    // News come often enough that they are never too old, even if there are none.
    const wait = this.#settings.doubt / 3;
    for (let tries = 0; !this.#isClosed;) {
      this.#watch();
      try {
        await this.#ask(wait, wait + this.#settings.hardTimeout);
        tries = 0;
      } catch {
        tries += 1;
        await pause(Math.min(FIRST_PAUSE * 2 ** tries, LONGEST_PAUSE) * (0.5 + Math.random() / 2));
      }
    }
  }

  async #ask(wait: number, limit: number): Promise<void> {
    const { now } = this.#settings;
    const asked = now();
    const after = this.#at!;
    const news = await this.#link.ask<StoreNews>(limit, (store, signal) =>
      store.changes === undefined
        ? Promise.reject(new TypeError('it has no feed'))
        : store.changes(after, wait, signal),
    );
    // What was sent before may be among the news, and is known as this node's own only by its answer.
    await this.#outbox.underWay;
    if (this.#isClosed) return;
    if (news === undefined) {
      // The store has another epoch by now, or will have one.
      this.#feed.forget();
      this.#at = this.#link.since ?? after;
      return;
    }
    if (this.#feed.advance(news.isTrimmed ? undefined : after.sequence, news.sequence) === 'trimmed') {
      this.#memory.clear();
      this.#news.reset(news.sequence);
    } else {
      this.#news.apply(news.changes, news);
    }
    this.#at = { epoch: news.epoch, sequence: news.sequence };
    this.doubt.news(asked, now());
    this.#onTurn();
    this.#watch();
  }

  /** Looks again when news will be too old. */
  #watch(): void {
    const { now } = this.#settings;
    clearTimeout(this.#timer);
    if (this.#isClosed || this.doubt.isOn) return;
    this.#timer = setTimeout(
      () => {
        if (this.doubt.begins(now())) {
          this.#memory.expire();
          this.#onTurn();
        } else this.#watch();
      },
      Math.max(1, this.doubt.deadline - now()),
    );
    (this.#timer as { unref?(): void }).unref?.();
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    (setTimeout(resolve, milliseconds) as { unref?(): void }).unref?.();
  });
}
