// The gates of one cache: which gate each key has, and which ticket each event of the latch is about.

import type { Key, Place } from '../base/key.js';
import { elapsed } from '../base/elapsed.js';
import { about } from '../base/errors.js';
import type { CacheError } from '../base/errors.js';
import { core } from '../wasm/boot.js';
import { EVENT_BITS, EVENT_SHIFT, Fact, LatchEvent, NONE, Role } from '../wasm/protocol.js';

/** What the locks of a cache have to report. */
export type LockEvent = 'takeover' | 'fenced';

/** The owner of a ticket, who hears what becomes of it. */
interface TicketHolder<V> {
  readonly number: number;
  readonly place: Place;
  /** The turn has come. */
  promote(): void;
  /** The gate's holder has a result. */
  receive(result: V | undefined): void;
  /** Another ticket has the turn. */
  lose(): void;
  /** A load has to stop. */
  stop?(isReplaced: boolean): void;
  /** A load has ended. */
  end?(): void;
}

/** What the latch knows by numbers: keys by gate, holders by ticket, and the results of gates. */
export class Gates<V, T extends TicketHolder<V>> {
  /**
   * The object that owns the cache. Kept alive as long as there is a ticket, so that no ticket acts on the next cache
   * with the same number.
   */
  readonly owner: object;
  /** The engine's number for the cache. */
  readonly cache: number;
  /** Turns that were taken from a holder: its lease had ended, or its key was released. */
  takeovers = 0;
  /** Results that came too late to be stored. */
  fenced = 0;
  /** By number. */
  protected readonly tickets: (T | undefined)[] = [];
  /** Gates by key, by the path of the namespace. */
  readonly #gates = new Map<string, Map<Key, number>>();
  /** What each gate leads to. */
  readonly #places: (Place | undefined)[] = [];
  /** The result of each gate that has one, for callers that come before the result is stored. */
  readonly #results = new Map<number, V>();
  /** The error of each gate whose last load has failed. */
  readonly #failures = new Map<number, unknown>();
  readonly #tell: (event: LockEvent, place: Place) => void;

  /** @param tell Called when there is something to report. */
  constructor(owner: object, cache: number, tell: (event: LockEvent, place: Place) => void = () => {}) {
    this.owner = owner;
    this.cache = cache;
    this.#tell = tell;
  }

  /** Whether nobody holds or waits for any key. */
  get areIdle(): boolean {
    return this.#gates.size === 0;
  }

  /** The gate that a key leads to, or `NONE`. */
  gateOf({ path, key }: Place): number {
    return this.#gates.get(path)?.get(key) ?? NONE;
  }

  /** The gate of a ticket. */
  gate(ticket: number): number {
    return core.latchTicket(this.cache, ticket, Fact.Gate);
  }

  /** The ticket with a number. */
  ticket(number: number): T | undefined {
    return this.tickets[number];
  }

  /** The ticket that holds a key at the moment. */
  holderOf(place: Place): T | undefined {
    return this.tickets[core.latchHolder(this.cache, this.gateOf(place))];
  }

  /** Hands the result of a ticket's gate to all its waiters. */
  spread(ticket: number, value: V): void {
    this.#results.set(this.gate(ticket), value);
    this.drain();
  }

  /** Notes the error of a gate's load. */
  noteFailure(gate: number, error: unknown): void {
    this.#failures.set(gate, error);
  }

  /** The error for a caller that leaves a key alone whose last load has failed. */
  failedRecently(place: Place): CacheError {
    const cause = this.#failures.get(this.gateOf(place));
    return about('load-failed-recently', place.key, 'the last load has failed, and nobody tries again yet', cause);
  }

  /** Notes that a result came too late to be stored. */
  refuse(place: Place): void {
    this.fenced += 1;
    this.#tell('fenced', place);
  }

  /** Notes that a ticket has taken the turn from a holder that didn't come back. */
  takeOver(place: Place): void {
    this.takeovers += 1;
    this.#tell('takeover', place);
  }

  /** Gives a ticket back to the latch, and forgets it. */
  giveBack(ticket: T): void {
    const { number, place } = ticket;
    this.tickets[number] = undefined;
    core.latchRelease(this.cache, number, this.gateOf(place), elapsed());
    this.drain();
  }

  /** Carries out what the latch says. */
  drain(): void {
    for (let event; (event = core.latchNextEvent(this.cache)) >= 0;)
      this.#handle(event & EVENT_BITS, event >>> EVENT_SHIFT);
  }

  /** Takes in a new ticket, whose gate may be a new one. It gets the gate's result, if there is one. */
  admit(ticket: T): void {
    const { number, place } = ticket;
    const gate = this.gate(number);
    this.tickets[number] = ticket;
    this.#setGate(place, gate);
    this.#places[gate] = place;
    // Only now: what it runs may end this ticket, or ask for the key.
    this.drain();
    if (this.tickets[number] !== ticket) return;
    if (core.latchTicket(this.cache, number, Fact.Role) === Role.Settled) ticket.receive(this.#results.get(gate));
  }

  /** Every gate with its key. */
  protected *placesWithin(path: string): Generator<Place> {
    for (const [below, gates] of [...this.#gates]) {
      if (below.startsWith(path)) for (const key of [...gates.keys()]) yield { path: below, key };
    }
  }

  #setGate({ path, key }: Place, gate: number): void {
    const gates = this.#gates.get(path);
    if (gates === undefined) this.#gates.set(path, new Map([[key, gate]]));
    else gates.set(key, gate);
  }

  /** Separates a key from its gate. */
  protected clearGate({ path, key }: Place): void {
    const gates = this.#gates.get(path);
    gates?.delete(key);
    if (gates?.size === 0) this.#gates.delete(path);
  }

  #handle(event: LatchEvent, number: number): void {
    switch (event) {
      case LatchEvent.Promoted:
        return this.tickets[number]?.promote();
      case LatchEvent.Settled:
        return this.tickets[number]?.receive(this.#results.get(this.gate(number)));
      case LatchEvent.Lost: {
        const loser = this.tickets[number];
        if (loser !== undefined) this.takeOver(loser.place);
        return loser?.lose();
      }
      case LatchEvent.Reopened:
        return this.#setGate(this.#places[number]!, number);
      case LatchEvent.Closed: {
        const place = this.#places[number];
        this.#results.delete(number);
        this.#failures.delete(number);
        if (place !== undefined && this.gateOf(place) === number) this.clearGate(place);
        this.#places[number] = undefined;
        return undefined;
      }
      case LatchEvent.Ended:
        return this.tickets[number]?.end?.();
      default:
        return this.tickets[number]?.stop?.(event === LatchEvent.Replaced);
    }
  }
}
