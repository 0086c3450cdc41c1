// The looks of locks into the store: what was known when a lock's turn began, and the turn in the store that it has.

import type { TierLock } from '../../index.js';
import type { Position } from '../store.js';
import type { Turns } from './turns.js';

/** A look that has found nothing, or is under way. */
export interface LockLook {
  readonly lock: TierLock;
  /** What was known of the store. */
  since: Position | undefined;
  turn: number | undefined;
  /** Whether the lock was given back, or another one has looked since. */
  isOver: boolean;
}

/** How many are remembered. */
const MOST = 20_000;

export class Looks {
  readonly #turns: Turns;
  /** By the record's id. */
  readonly #looks = new Map<string, LockLook>();

  constructor(turns: Turns) {
    this.#turns = turns;
  }

  /** Notes that a lock begins to look. */
  begin(id: string, lock: TierLock): LockLook {
    const look: LockLook = { lock, since: undefined, turn: undefined, isOver: false };
    const before = this.take(id);
    if (before) before.isOver = true;
    this.#looks.set(id, look);
    if (this.#looks.size > MOST) this.#looks.delete(this.#looks.keys().next().value!);
    return look;
  }

  /** Notes that it has found nothing. If it is over by now, the turn goes back. */
  end(id: string, look: LockLook, since: Position | undefined, turn: number | undefined): void {
    if (look.isOver) this.#turns.end(id, turn);
    else [look.since, look.turn] = [since, turn];
  }

  /** The look of a lock that has a result. */
  take(id: string): LockLook | undefined {
    const look = this.#looks.get(id);
    this.#looks.delete(id);
    return look;
  }

  /** Notes that a lock was given back. Its turn goes back, too. */
  leave(id: string, lock: TierLock): void {
    if (this.#looks.get(id)?.lock !== lock) return;
    const look = this.take(id)!;
    look.isOver = true;
    this.#turns.end(id, look.turn);
  }
}
