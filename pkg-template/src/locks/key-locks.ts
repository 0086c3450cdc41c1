// The locks of one cache: which gate each key leads to, and whom the latch's events concern.

import type { Key } from '../cache/options.js';
import { outOfMemory } from '../wasm/handles.js';
import { Fact, Role, Ticket } from './ticket.js';
import { core } from '../wasm/boot.js';

/** The latch's events, by number. */
const enum Event {
  Promoted,
  Settled,
  Lost,
  Reopened,
  Closed,
}

/** In place of a gate: none. */
const NONE = -1;

/** All locks of a cache. The latch decides; this carries out what it says. */
export class KeyLocks<V> {
  /** The engine's number for the cache. */
  readonly cache: number;
  readonly #gates = new Map<Key, number>();
  /** The key of each gate. */
  readonly #keys: (Key | undefined)[] = [];
  readonly #tickets: (Ticket<V> | undefined)[] = [];
  /** The result of each gate that has one, for those who come before it is stored. */
  readonly #results = new Map<number, V>();

  constructor(cache: number) {
    this.cache = cache;
  }

  /** The gate that a key leads to, or -1. */
  gateOf(key: Key): number {
    return this.#gates.get(key) ?? NONE;
  }

  /** The ticket that holds a key at the moment. */
  holderOf(key: Key): Ticket<V> | undefined {
    return this.#tickets[core.latchHolder(this.cache, this.gateOf(key))];
  }

  /** Takes a ticket at a key. */
  acquire(key: Key, lease: number): Ticket<V> {
    const number = core.latchAcquire(this.cache, this.gateOf(key), lease);
    if (number < 0) throw outOfMemory();
    const gate = this.#gate(number);
    const ticket = new Ticket<V>(this, number, key, lease);
    this.#tickets[number] = ticket;
    this.drain();
    this.#gates.set(key, gate);
    this.#keys[gate] = key;
    if (core.latchTicket(this.cache, number, Fact.Role) === Role.Settled) ticket.finish(this.#results.get(gate));
    return ticket;
  }

  /** Hands the result of a ticket's gate to all that wait there. */
  spread(number: number, value: V): void {
    this.#results.set(this.#gate(number), value);
    this.drain();
  }

  /** Gives a ticket back to the latch, and forgets it. */
  release({ number, key }: Ticket<V>): void {
    this.#tickets[number] = undefined;
    core.latchRelease(this.cache, number, this.gateOf(key));
    this.drain();
  }

  /** Notes that a key was changed by somebody who doesn't hold it, or every key: whoever computes it must not store it. */
  fence(key?: Key): void {
    const keys = key === undefined ? [...this.#gates.keys()] : [key];
    for (const changed of keys) {
      const gate = this.gateOf(changed);
      if (gate !== NONE && core.latchFence(this.cache, gate)) this.#gates.delete(changed);
    }
  }

  /** Carries out what the latch says. */
  drain(): void {
    for (let event; (event = core.latchNextEvent(this.cache)) >= 0;) this.#handle(event & 7, event >>> 3);
  }

  #gate(ticket: number): number {
    return core.latchTicket(this.cache, ticket, Fact.Gate);
  }

  #handle(event: Event, number: number): void {
    switch (event) {
      case Event.Promoted:
        return this.#tickets[number]?.promote();
      case Event.Settled:
        return this.#tickets[number]?.finish(this.#results.get(this.#gate(number)));
      case Event.Lost:
        return this.#tickets[number]?.lose();
      case Event.Reopened:
        this.#gates.set(this.#keys[number]!, number);
        return;
      case Event.Closed:
        this.#results.delete(number);
        if (this.#gates.get(this.#keys[number]!) === number) this.#gates.delete(this.#keys[number]!);
        this.#keys[number] = undefined;
    }
  }
}
