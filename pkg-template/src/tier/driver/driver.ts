// A tier at work: memory first, then the store, then the loader.

import type {
  Entry,
  Key,
  TierAnswer,
  TierDriver,
  TierLock,
  TierOldValue,
  TierRecord,
  TierRequest,
  TierSpace,
  TieredCache,
} from '../../index.js';
import { judge } from '../rules/judge.js';
import type { NewRecord, Position, Store } from '../store.js';
import { Asked } from './asked.js';
import { seal, unseal } from './envelope.js';
import { Link } from './link.js';
import { Listener } from './listener.js';
import { Looks } from './looks.js';
import { concernsOf, markOfKey, markOfSpace, markOfTag } from './marks.js';
import { Memory } from './memory.js';
import { News } from './news.js';
import type { Settings, TierState } from './options.js';
import { Outbox } from './outbox.js';
import type { Change, SetValue } from './outbox.js';
import { Reads } from './reads.js';
import type { Look } from './reads.js';
import { Turns } from './turns.js';

/** What a tier has counted. */
export class TierCounts {
  /** Values of the store that were served. */
  hits = 0;
  /** Values of the store that had expired, and were served. */
  stale = 0;
  /** Looks into the store that found nothing to serve. */
  misses = 0;
  /** Values that the store has taken. */
  writes = 0;
  /** Values that the store has refused, as they were out of date. */
  fenced = 0;
  /** Keys, tags and key spaces that were invalidated in the store. */
  drops = 0;
  /** Records that could not be read. */
  unreadable = 0;
  /** Questions that the store has not answered. */
  failures = 0;
}

type AnyEntry = Entry<Key, unknown>;

/** What a loaded value is stored with. */
interface Load {
  /** What was known of the store before the load began. */
  readonly since: Position | undefined;
  readonly turn: number | undefined;
  /** Whether the store may have another value. */
  readonly hadRecord: boolean;
  /** When it began, by this node's clock. */
  readonly asked: number;
}

export class Driver implements TierDriver {
  readonly counts = new TierCounts();
  readonly outbox: Outbox;
  readonly #settings: Settings;
  readonly #link: Link;
  readonly #memory: Memory;
  readonly #asked = new Asked();
  readonly #reads: Reads;
  readonly #news: News;
  readonly #listener: Listener;
  readonly #turns: Turns;
  readonly #writes = new Set<Promise<unknown>>();
  readonly #looks: Looks;
  #state: TierState = 'ok';

  constructor(store: Store, cache: TieredCache, settings: Settings) {
    const { timeout, now } = settings;
    this.#settings = settings;
    this.#link = new Link(store, settings, {
      onAnswer: (answer) => {
        if (store.capabilities.feed) this.#listener.begin(answer);
      },
      onLoss: () => this.#memory.clear(),
      onRecovery: () => {
        this.#noteState();
        this.outbox.send();
      },
      onFailure: (error) => {
        this.counts.failures += 1;
        settings.tell({ type: 'error', error });
        this.#noteState();
      },
    });
    this.#memory = new Memory(cache);
    this.#reads = new Reads(this.#link, this.#asked, timeout, now);
    this.#news = new News(this.#memory);
    this.outbox = new Outbox(this.#link, settings, this);
    this.#listener = new Listener(this.#memory, this.#link, settings, this.outbox, this.#news, () => this.#noteState());
    this.#turns = new Turns(this.#link, this.#asked, settings, settings.isShared && store.capabilities.flight);
    this.#looks = new Looks(this.#turns);
  }

  get state(): TierState {
    return this.#link.isOpen ? 'open' : this.#listener.doubt.isOn ? 'doubt' : 'ok';
  }

  async load(request: TierRequest, call?: (old: TierOldValue | undefined) => Promise<unknown>): Promise<TierAnswer> {
    const { space, key, old, stale, lock } = request;
    const { grace = 0, swr = 0, forceFresh = false } = request.call;
    // What memory loads ahead of its expiry is in the store, too. What has expired there has expired here.
    const [isForced, isReload] = [forceFresh || (old !== undefined && stale === undefined), stale !== undefined];
    const id = markOfKey(space.path, key);
    const pulled = this.#listener.pull();
    const asked = this.#settings.now();
    const { changes } = this.#memory;
    const isCurrent = (): boolean => changes === this.#memory.changes;
    let look = isForced && this.#link.isKnown ? undefined : await this.#look(id, request.call);
    // So that the loader begins when all is known that others have changed before.
    await pulled;
    let record = isForced ? undefined : this.#open(space, key, id, look);
    let turn: number | undefined;
    const locking = lock && this.#looks.begin(id, lock);
    for (let tries = 0; ; tries += 1) {
      if (record !== undefined && staleFor(record) < (isReload ? 0 : swr)) {
        this.#turns.end(id, turn);
        return this.#give(id, record, look?.answer, look?.asked ?? asked, isCurrent);
      }
      const isLookOnly = call === undefined && lock === undefined;
      if (isLookOnly || isForced || !this.#turns.areShared || turn !== undefined || locking?.isOver) break;
      const taken = await this.#turns.take(id, request.call, tries, lock?.lease);
      if (taken === undefined) break;
      turn = taken.turn;
      // Another node may have loaded it meanwhile.
      look = await this.#look(id, request.call);
      record = this.#open(space, key, id, look);
    }
    this.counts.misses += 1;
    const since = look?.answer ?? this.#link.since;
    if (call === undefined) {
      if (locking) this.#looks.end(id, locking, since, turn);
      return { value: undefined, keep: (entry) => entry, isCurrent };
    }
    const hadRecord = isForced || look?.record !== undefined;
    const loading = this.#news.begin(id, since);
    try {
      const value = await call(record && expired(record));
      const keep: TierAnswer['keep'] = (entry) => {
        const kept = this.#keep(space, key, id, entry, { since, turn, asked, hadRecord });
        this.#news.end(id, loading);
        return kept;
      };
      return { value, keep, isCurrent };
    } catch (error) {
      this.#news.end(id, loading);
      this.#turns.end(id, turn);
      if (record === undefined || isReload || staleFor(record) >= grace) throw error;
      return this.#give(id, record, since, asked, isCurrent);
    }
  }

  gathered(call: object): Promise<void> {
    return this.#asked.answered(call);
  }

  set<E extends AnyEntry>(space: TierSpace, entry: E, elapsed = 0): E {
    const mark = markOfKey(space.path, entry.key);
    this.#memory.changes += 1;
    const value = entry.ttl > elapsed ? { space, entry, began: this.#settings.now() - elapsed } : undefined;
    this.outbox.add({ mark, isSoft: false, value });
    return this.#capped(mark, entry, this.#link.since, this.#settings.now(), elapsed);
  }

  settle<E extends AnyEntry>(space: TierSpace, entry: E): E {
    const id = markOfKey(space.path, entry.key);
    const look = this.#looks.take(id);
    // It has not looked, so nobody knows what its value is newer than.
    if (look === undefined) this.remove(space, entry.key, false);
    const kept = { since: look?.since, turn: look?.turn, asked: this.#settings.now(), hadRecord: true };
    return this.#keep(space, entry.key, id, entry.ttl > 0 ? entry : null, kept) ?? entry;
  }

  leave({ path }: TierSpace, key: Key, lock: TierLock): void {
    this.#looks.leave(markOfKey(path, key), lock);
  }

  remove({ path }: TierSpace, key: Key, isSoft: boolean): void {
    this.#invalidate(markOfKey(path, key), isSoft);
  }

  removeTagged({ path }: TierSpace, tags: readonly string[], isSoft: boolean): void {
    for (const tag of tags) this.#invalidate(markOfTag(path, tag), isSoft);
  }

  removeWithin({ path }: TierSpace, isSoft: boolean): void {
    this.#invalidate(markOfSpace(path), isSoft);
  }

  async settled(): Promise<void> {
    await this.outbox.settled();
    await Promise.all(this.#writes);
  }

  detach(): void {
    this.#memory.isClosed = true;
    this.#listener.close();
    // What is on its way, or waits, has one more try.
    const end = (): void => {
      this.outbox.close();
      this.#link.close();
    };
    this.settled().then(end, end);
  }

  async put({ mark, since, tries = 0 }: Change, { space, entry, began }: SetValue): Promise<boolean> {
    await this.#meet();
    // Nobody knows what has happened since then.
    if (tries > 0 && since === undefined) return false;
    const { hardTimeout, keep, now } = this.#settings;
    const elapsed = now() - began;
    const record = elapsed < entry.ttl ? this.#seal(space, mark, entry, elapsed) : undefined;
    if (record === undefined) return false;
    const options = { keep, ifSince: tries > 0 ? since : undefined };
    const answer = await this.#link
      .ask(hardTimeout, (store, signal) => store.put(mark, record, options, signal))
      .catch((error: unknown) => this.#noteTooLarge(error, entry.key));
    if (answer === undefined) return false;
    this.counts.writes += 1;
    if (answer.result === 'fenced') return false;
    this.#news.noteOwn(answer);
    this.#news.noteKnown(mark, answer);
    return true;
  }

  async drop(marks: readonly string[], soft: boolean): Promise<boolean> {
    await this.#meet();
    const { hardTimeout, keep } = this.#settings;
    const answer = await this.#link.ask(hardTimeout, (store, signal) => store.drop(marks, { soft, keep }, signal));
    if (answer === undefined) return false;
    this.counts.drops += marks.length;
    this.#news.noteOwn(answer);
    return true;
  }

  #invalidate(mark: string, isSoft: boolean): void {
    this.#memory.changes += 1;
    if (mark !== this.#memory.applied) this.outbox.add({ mark, isSoft });
  }

  /** Has the store answer once, so that its time and its position are known. */
  async #meet(): Promise<void> {
    if (!this.#link.isKnown)
      await this.#link.ask(this.#settings.hardTimeout, (store, signal) => store.read([], signal));
  }

  /** Looks for a record. What has been overtaken by news on its way is no answer. */
  async #look(id: string, call: object): Promise<Look | undefined> {
    const look = await this.#reads.look(id, call);
    if (look === undefined || !this.#news.isNewest(look.answer)) return undefined;
    return look;
  }

  /** The record that was found, if its value is valid. It may have expired. */
  #open(space: TierSpace, key: Key, id: string, look: Look | undefined): TierRecord | undefined {
    const record = look?.record;
    // What this node has changed may not have reached the store.
    if (look === undefined || record === undefined || this.outbox.covers(space, id)) return undefined;
    const worth = judge(record.since, record);
    if (worth === 'nothing') return undefined;
    try {
      const { codec, schema } = this.#settings;
      const { value, created, ttl: life, tags, etag } = unseal(record.data, schema, codec);
      const ttl = worth === 'expired' ? Math.min(life, Math.max(1, record.softAt - created)) : life;
      return { value, options: { ttl, tags, etag }, elapsed: Math.max(0, look.answer.now - created) };
    } catch (error) {
      this.counts.unreadable += 1;
      this.#settings.tell({ type: 'error', error, key });
      return undefined;
    }
  }

  #give(
    id: string,
    record: TierRecord,
    since: Position | undefined,
    asked: number,
    isCurrent: () => boolean,
  ): TierAnswer {
    if (staleFor(record) < 0) this.counts.hits += 1;
    else this.counts.stale += 1;
    const { value, elapsed } = record;
    const keep: TierAnswer['keep'] = (entry) => (entry ? this.#capped(id, entry, since, asked, elapsed) : entry);
    return { value, record, isCurrent, keep };
  }

  /** Takes care of a loaded entry. Returns it as memory may keep it. */
  #keep<E extends AnyEntry>(
    space: TierSpace,
    key: Key,
    id: string,
    entry: E | null | undefined,
    { since, turn, asked, hadRecord }: Load,
  ): E | null | undefined {
    const record = entry && since && this.#seal(space, id, entry, 0);
    if (record) this.#track(this.#write(id, key, record, since, turn));
    else this.#turns.end(id, turn);
    // The store's old value is out of date, and this one can't take its place.
    if (entry === null || (entry && since && !record && hadRecord)) this.remove(space, key, false);
    return entry && this.#capped(id, entry, since, asked, 0);
  }

  async #write(id: string, key: Key, record: NewRecord, since: Position, turn: number | undefined): Promise<void> {
    const options = { since, turn };
    try {
      const answer = await this.#link.ask(this.#settings.hardTimeout, (store, signal) =>
        store.write(id, record, options, signal),
      );
      if (answer?.result === 'stored') this.counts.writes += 1;
      else {
        this.counts.fenced += 1;
        // Another node has had the turn since: its value is the newer one.
        if (turn !== undefined && answer !== undefined) this.#memory.apply(id, false);
      }
    } catch (error) {
      // The link has told of others. The value is in memory, and will be loaded again elsewhere.
      if (error instanceof RangeError) this.#noteTooLarge(error, key);
    }
    this.#turns.end(id, turn);
  }

  /** Tells of a record that the store can't hold. Passes any other error on. */
  #noteTooLarge(error: unknown, key: Key): undefined {
    if (!(error instanceof RangeError)) throw error;
    this.#settings.tell({ type: 'error', error, key });
  }

  /** The record of an entry; `undefined` if the codec can't hold its value. */
  #seal(space: TierSpace, id: string, entry: AnyEntry, elapsed: number): NewRecord | undefined {
    const { key, value, ttl, tags, etag } = entry;
    const { schema, codec, stale } = this.#settings;
    try {
      const created = this.#link.storeNow - elapsed;
      const data = seal(value, { created, ttl, tags, etag }, schema, codec);
      return { data, concerns: concernsOf(space, id, tags), life: ttl + stale - elapsed };
    } catch (error) {
      this.#settings.tell({ type: 'error', error, key });
      return undefined;
    }
  }

  /** An entry as memory may keep it: not for long, where memory doesn't hear of changes. */
  #capped<E extends AnyEntry>(id: string, entry: E, since: Position | undefined, asked: number, elapsed: number): E {
    if (since !== undefined) this.#news.noteKnown(id, since);
    const most = Math.max(1, elapsed + this.#listener.lifeOf(since, asked));
    return entry.ttl > most ? { ...entry, ttl: most } : entry;
  }

  #track(work: Promise<unknown>): void {
    this.#writes.add(work);
    void work.finally(() => this.#writes.delete(work));
    this.#settings.waitUntil(work);
  }

  #noteState(): void {
    const { state } = this;
    if (state === this.#state) return;
    this.#state = state;
    this.#settings.tell({ type: 'state', state });
  }
}

/** A record that has expired, as a loader gets it. */
function expired({ value, options, elapsed }: TierRecord): TierOldValue {
  return { value, etag: options.etag, age: elapsed, isExpired: true };
}

/** For how long a record has been expired; negative if it has not. */
function staleFor({ elapsed, options }: TierRecord): number {
  return elapsed - options.ttl;
}
