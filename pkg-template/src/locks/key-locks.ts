// All locks of one cache.

import { elapsed } from '../base/elapsed.js';
import { about } from '../base/errors.js';
import type { CacheError } from '../base/errors.js';
import type { Place } from '../base/key.js';
import { core } from '../wasm/boot.js';
import { disposed, outOfMemory } from '../wasm/handles.js';
import { Gates } from './gates.js';
import { isOwn } from './reentrance.js';
import { Ticket } from './ticket.js';

/** All locks of a cache. The latch decides; this carries out what it says. */
export class KeyLocks<V> extends Gates<V, Ticket<V>> {
  /** The key whose lock is using the cache at the moment. A change of this key is the lock's own. */
  own: Place | undefined;
  /** While what somebody else has changed is being carried out: whom that leaves up to date. */
  spares: ((ticket: Ticket<V>) => boolean) | undefined;
  isClosed = false;

  /**
   * Takes a ticket for a key.
   *
   * @throws {CacheError} `disposed`, `out-of-memory`.
   */
  acquire(place: Place, lease: number): Ticket<V> {
    if (this.isClosed) throw disposed();
    const number = core.latchAcquire(this.cache, this.gateOf(place), lease, elapsed());
    if (number < 0) throw outOfMemory();
    const ticket = new Ticket<V>(this, number, place, lease);
    this.admit(ticket);
    return ticket;
  }

  /**
   * Notes that a key was changed: whoever computes its value must not store it, unless the change is its own.
   *
   * @param isDone For a change that takes time: whether it is complete.
   */
  fence(place: Place, isDone = false): void {
    if (place.key === this.own?.key && place.path === this.own.path) return;
    const gate = this.gateOf(place);
    if (gate < 0 || this.#isUntouched(this.holderOf(place))) return;
    if (core.latchFence(this.cache, gate, Number(isDone))) this.clearGate(place);
    this.drain();
  }

  /** Notes that every key below a path was changed. */
  fenceWithin(path: string, isDone = false): void {
    for (const place of this.placesWithin(path)) this.fence(place, isDone);
  }

  /** Notes that some of the keys below a path were changed. */
  fenceWhere(path: string, isMeant: (place: Place) => boolean): void {
    for (const place of this.placesWithin(path)) if (isMeant(place)) this.fence(place);
  }

  /**
   * Gives back the tickets that wait for a holder's result, with an error. Does nothing if the ticket doesn't hold its
   * key.
   */
  fail(holder: Ticket<V>, error: unknown): void {
    if (!holder.isHolding) return;
    const gate = this.gate(holder.number);
    const reason = error ?? about('not-holder', holder.place.key, 'the lock has failed, and no error was given');
    for (const ticket of this.tickets) {
      if (ticket?.isWaiting && this.gate(ticket.number) === gate) ticket.release(reason);
    }
  }

  /** Takes the turn from whoever holds a key. */
  revoke(place: Place): void {
    core.latchRevoke(this.cache, this.gateOf(place), elapsed());
    this.drain();
  }

  /**
   * Notes that the entries with one of these tags, below a path, were removed: results being computed there may be out
   * of date.
   */
  invalidate(tags: readonly string[], path: string): void {
    for (const ticket of this.tickets) {
      if (!ticket?.place.path.startsWith(path) || ticket.isWaiting || this.#isUntouched(ticket)) continue;
      if (ticket.tags?.some((tag) => tags.includes(tag))) this.fence(ticket.place);
      else ticket.invalidate(tags);
    }
  }

  /** Whether a change leaves what a ticket computes up to date. */
  #isUntouched(ticket: Ticket<V> | undefined): boolean {
    return isOwn(ticket) || (ticket !== undefined && this.spares?.(ticket) === true);
  }

  /** Ends every lock. */
  close(reason: CacheError): void {
    this.isClosed = true;
    // Loads first: what a lock gives back now must not become their turn, or their value.
    for (const ticket of this.tickets) if (ticket?.isLoad) ticket.release(reason);
    for (const ticket of this.tickets) ticket?.release(reason);
  }

  /** Every ticket that holds a key or waits for one, by its gate. */
  live(): Map<number, Ticket<V>[]> {
    const live = new Map<number, Ticket<V>[]>();
    for (const ticket of this.tickets) {
      if (!ticket?.isHolding && !ticket?.isWaiting) continue;
      const gate = this.gate(ticket.number);
      const tickets = live.get(gate);
      if (tickets === undefined) live.set(gate, [ticket]);
      else tickets.push(ticket);
    }
    return live;
  }
}
