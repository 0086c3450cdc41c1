// The locks of one cache: which gate each key leads to, and whom the latch's events concern.

import type { Key, Place } from '../cache/key.js';
import type { CacheError } from '../errors.js';
import { core } from '../wasm/boot.js';
import { disposed, outOfMemory } from '../wasm/handles.js';
import { elapsed } from './elapsed.js';
import { isOwn } from './reentrance.js';
import { Fact, Role, Ticket } from './ticket.js';

/** The latch's events, by number. */
const enum Event {
  Promoted,
  Settled,
  Lost,
  Reopened,
  Closed,
}

/** How many loads may be late at once; the first of them is given up then. Some never end. */
const MOST_LATE = 256;

/** In place of a gate: none. */
const NONE = -1;

/** What the locks of a cache have to report. */
export type LockEvent = 'takeover' | 'fenced';

/** All locks of a cache. The latch decides; this carries out what it says. */
export class KeyLocks<V> {
  readonly owner: object;
  /** The engine's number for the cache. */
  readonly cache: number;
  /** Turns that were taken from a holder: its lease was over, or its key was released. */
  takeovers = 0;
  /** Results that came too late to be stored. */
  fenced = 0;
  /** The key on behalf of whose lock the cache is being used: what happens to it is no change by somebody else. */
  own: Place | undefined;
  /** Gates by key, by the path of the namespace. */
  readonly #gates = new Map<string, Map<Key, number>>();
  /** What each gate leads to. */
  readonly #places: (Place | undefined)[] = [];
  readonly #tickets: (Ticket<V> | undefined)[] = [];
  /** The result of each gate that has one, for those who come before it is stored. */
  readonly #results = new Map<number, V>();
  /** The tickets of loads whose lease is over, and that may still bring a value. */
  readonly #late = new Set<Ticket<V>>();
  #isClosed = false;
  readonly #tell: (event: LockEvent, place: Place) => void;

  /**
   * @param owner Whose number the cache is. Kept as long as anybody has a ticket: what a ticket does must not reach the
   * next cache with this number.
   * @param tell Called when there is something to report.
   */
  constructor(owner: object, cache: number, tell: (event: LockEvent, place: Place) => void = () => {}) {
    this.owner = owner;
    this.cache = cache;
    this.#tell = tell;
  }

  /** Whether nobody holds or waits for any key. */
  get areIdle(): boolean {
    return this.#gates.size === 0;
  }

  /** The gate that a key leads to, or -1. */
  gateOf({ path, key }: Place): number {
    return this.#gates.get(path)?.get(key) ?? NONE;
  }

  /** The ticket that holds a key at the moment. */
  holderOf(place: Place): Ticket<V> | undefined {
    return this.#tickets[core.latchHolder(this.cache, this.gateOf(place))];
  }

  /**
   * Takes a ticket at a key. A load's enters at once.
   *
   * @throws {CacheError} `disposed`, `out-of-memory`.
   */
  acquire(place: Place, lease: number, take = core.latchAcquire): Ticket<V> {
    if (this.#isClosed) throw disposed();
    const number = take(this.cache, this.gateOf(place), lease, elapsed());
    if (number < 0) throw outOfMemory();
    const gate = this.gate(number);
    const ticket = new Ticket<V>(this, number, place, lease);
    this.#tickets[number] = ticket;
    this.drain();
    this.#lead(place, gate);
    this.#places[gate] = place;
    if (core.latchTicket(this.cache, number, Fact.Role) === Role.Settled) ticket.finish(this.#results.get(gate));
    return ticket;
  }

  /** Hands the result of a ticket's gate to all that wait there. */
  spread(number: number, value: V): void {
    this.#results.set(this.gate(number), value);
    this.drain();
  }

  /** Notes that a result came too late to be stored. */
  refuse(place: Place): void {
    this.fenced += 1;
    this.#tell('fenced', place);
  }

  /** Notes that somebody has the turn of another one who didn't come back. */
  takeOver(place: Place): void {
    this.takeovers += 1;
    this.#tell('takeover', place);
  }

  /** Gives a ticket back to the latch, and forgets it. */
  release(ticket: Ticket<V>): void {
    const { number, place } = ticket;
    this.#late.delete(ticket);
    this.#tickets[number] = undefined;
    core.latchRelease(this.cache, number, this.gateOf(place), elapsed());
    this.drain();
  }

  /** Leaves a load's turn to others, but keeps its ticket: a value that comes late may still do. */
  abandon(ticket: Ticket<V>): void {
    core.latchAbandon(this.cache, ticket.number, this.gateOf(ticket.place), elapsed());
    this.drain();
    this.#late.add(ticket);
    if (this.#late.size > MOST_LATE) for (const first of this.#late) return first.release();
  }

  /**
   * Notes that a key was changed: whoever computes its value must not store it, unless the change is its own.
   *
   * @param isDone For a change that takes time: that it is complete.
   */
  fence(place: Place, isDone = false): void {
    if (place.key === this.own?.key && place.path === this.own.path) return;
    const gate = this.gateOf(place);
    if (gate === NONE || isOwn(this.holderOf(place))) return;
    if (core.latchFence(this.cache, gate, Number(isDone))) this.#mislead(place);
    this.drain();
  }

  /** Notes that every key below a path was changed. */
  fenceWithin(path: string, isDone = false): void {
    for (const [below, gates] of [...this.#gates]) {
      if (below.startsWith(path)) for (const key of [...gates.keys()]) this.fence({ path: below, key }, isDone);
    }
  }

  /** Gives back the tickets that wait for a holder's result, with an error. Nothing happens if it isn't its turn. */
  fail(holder: Ticket<V>, error: unknown): void {
    if (!holder.isHolding) return;
    const gate = this.gate(holder.number);
    for (const ticket of this.#tickets) {
      if (ticket?.isWaiting && this.gate(ticket.number) === gate) ticket.release(error);
    }
  }

  /** Takes the turn from whoever holds a key. */
  revoke(place: Place): void {
    core.latchRevoke(this.cache, this.gateOf(place), elapsed());
    this.drain();
  }

  /** Notes that what carries one of these tags below a path was removed: what is being computed there may be out of date. */
  invalidate(tags: readonly string[], path: string): void {
    for (const ticket of this.#tickets) {
      if (ticket?.place.path.startsWith(path) && !ticket.isWaiting && !isOwn(ticket)) ticket.invalidate(tags);
    }
  }

  /** Ends every lock. */
  close(reason: CacheError): void {
    this.#isClosed = true;
    for (const ticket of this.#tickets) ticket?.release(reason);
  }

  /** Carries out what the latch says. */
  drain(): void {
    for (let event; (event = core.latchNextEvent(this.cache)) >= 0;) this.#handle(event & 7, event >>> 3);
  }

  /** The gate of a ticket. */
  gate(ticket: number): number {
    return core.latchTicket(this.cache, ticket, Fact.Gate);
  }

  /** Every ticket that holds a key or waits for one, by its gate. */
  live(): Map<number, Ticket<V>[]> {
    const live = new Map<number, Ticket<V>[]>();
    for (const ticket of this.#tickets) {
      if (!ticket?.isHolding && !ticket?.isWaiting) continue;
      const gate = this.gate(ticket.number);
      const tickets = live.get(gate);
      if (tickets === undefined) live.set(gate, [ticket]);
      else tickets.push(ticket);
    }
    return live;
  }

  #lead({ path, key }: Place, gate: number): void {
    const gates = this.#gates.get(path);
    if (gates === undefined) this.#gates.set(path, new Map([[key, gate]]));
    else gates.set(key, gate);
  }

  #mislead({ path, key }: Place): void {
    const gates = this.#gates.get(path);
    gates?.delete(key);
    if (gates?.size === 0) this.#gates.delete(path);
  }

  #handle(event: Event, number: number): void {
    switch (event) {
      case Event.Promoted:
        return this.#tickets[number]?.promote();
      case Event.Settled:
        return this.#tickets[number]?.finish(this.#results.get(this.gate(number)));
      case Event.Lost: {
        const loser = this.#tickets[number];
        if (loser !== undefined) this.takeOver(loser.place);
        return loser?.lose();
      }
      case Event.Reopened:
        return this.#lead(this.#places[number]!, number);
      case Event.Closed: {
        const place = this.#places[number]!;
        this.#results.delete(number);
        if (this.gateOf(place) === number) this.#mislead(place);
        this.#places[number] = undefined;
      }
    }
  }
}
