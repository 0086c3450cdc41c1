// A store in Redis or Valkey, through the client that the program has.

import { open, run } from './redis/client.js';
import type { Line, RedisClient } from './redis/client.js';
import { SCRIPTS } from './redis/scripts.js';
import type { Operation } from './redis/scripts.js';
import { fromName, toAnswer, toLife, toName, toNames, toSpan } from './redis/text.js';
import type { Change, NewRecord, Store, StoredRecord, Written } from './store.js';
import { fromText, toText } from './text.js';
import { within } from './within.js';

export type { IoRedisClient, NodeRedisClient, RedisClient, RestRedisClient, SendCommand } from './redis/client.js';

/** Options of {@link redis}. */
export interface RedisOptions {
  /**
   * What all keys begin with. Caches with the same prefix share their values. It is made the hash tag of the keys, unless it
   * has one: `app` becomes `{app}`. A cluster keeps all keys of one hash tag in one node.
   *
   * @default 'keylatch'
   */
  readonly prefix?: string | undefined;
  /** About how many changes the feed remembers. A node that was away for longer empties its memory. @default 10_000 */
  readonly feedLength?: number | undefined;
  /**
   * How often to ask for changes if the client can't listen for them on a connection of its own, in milliseconds.
   *
   * @default 1000
   */
  readonly poll?: number | undefined;
}

/**
 * Longer than the server's answer to a command that has waited may take, and than a node that goes on listening needs to
 * call again, in milliseconds.
 */
const SLACK = 1000;

/** As long as a timer may take, in milliseconds. */
const LONGEST = 2e9;

const WRONG = 'redis: expected a client, a prefix, and numbers above 0';

/** The scripts' hashes, as far as they have been needed. */
const hashes: Partial<Record<Operation, Promise<string>>> = {};

/** Node 18 can't make hashes without an import: there, every call sends its script. */
const hash = async (text: string): Promise<string> => {
  const { crypto } = globalThis as { crypto?: Crypto };
  if (!crypto?.subtle) return '';
  const digest = await crypto.subtle.digest('SHA-1', new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
};

/**
 * A store in Redis from version 5 on, or in Valkey, for the second tier.
 *
 * When another server takes over, or the same one restarts, the store has a new epoch: nothing comes back that was
 * invalidated. For that, the server has to tell `master_replid`: the client's user needs the right to `INFO`. Where it
 * doesn't, as in some services over HTTP, invalidations that a failover loses aren't noticed.
 *
 * @param client A client of `redis`, `ioredis`, `iovalkey` or `@upstash/redis`, or a function that sends a command. Its
 * reconnections, time limits, encryption and credentials are as it was made. It stays the caller's, who closes it.
 * @throws {TypeError} If the client or an option is wrong.
 *
 * @example
 * const store = redis(new Redis(), { prefix: 'app' });
 */
export function redis(client: RedisClient, options: RedisOptions = {}): Store {
  const { prefix = 'keylatch', feedLength = 10_000, poll = 1000 } = options;
  const isClient = typeof ((client as { eval?: unknown } | null)?.eval ?? client) === 'function';
  const areOptions =
    typeof prefix === 'string' &&
    prefix !== '' &&
    [feedLength, poll].every((value) => typeof value === 'number' && value > 0);
  if (!isClient || !areOptions) throw new TypeError(WRONG);

  const begin = `${/\{.+\}/.test(prefix) ? prefix : `{${prefix}}`}:`;
  const state = ['', 'm0', 'm1', 'f'].map((name) => begin + name);
  const toRecord = (id: string): string => `${begin}r:${toName(id)}`;
  const toTurn = (id: string): string => `${begin}t:${toName(id)}`;
  /** A connection that waits for changes, while nobody listens on it. */
  let free: Line | undefined;

  const ask = async (
    operation: Operation,
    keys: readonly string[],
    args: readonly (string | number)[],
    signal: AbortSignal,
  ): Promise<unknown[]> => {
    signal.throwIfAborted();
    const script = SCRIPTS[operation];
    const all = [...state, ...keys];
    // The first is for a new epoch. The script adds the time to it.
    const texts = [`e${Math.random().toString(36).slice(2)}`, ...args.map(String)];
    const work = async (): Promise<unknown> => {
      const known = await (hashes[operation] ??= hash(script));
      try {
        if (known) return await run(client, true, known, all, texts);
      } catch (error) {
        if (!String(error).includes('NOSCRIPT')) throw error;
      }
      return run(client, false, script, all, texts);
    };
    return (await within(signal, work())) as unknown[];
  };

  const store = async (
    operation: 'write' | 'put',
    id: string,
    { data, concerns, life }: NewRecord,
    args: readonly (string | number)[],
    signal: AbortSignal,
  ): Promise<Written> => {
    const record = [toText(data), toNames(concerns), toLife(life)];
    const reply = await ask(operation, [toRecord(id), toTurn(id)], [...record, ...args], signal);
    return { ...toAnswer(reply), result: Number(reply[3]) === 1 ? 'stored' : 'fenced' };
  };

  /** Waits for a change, on a connection of its own. */
  const listen = async (after: number, wait: number, signal: AbortSignal): Promise<void> => {
    if (!('duplicate' in client)) throw undefined;
    const line = free ?? open(client, state[3]!);
    free = undefined;
    clearTimeout(line.timer);
    try {
      // A server answers after `wait`. Where none does, the connection is a dead one.
      const reply = await within(signal, line.listen(after, Math.ceil(wait)), wait + SLACK);
      if (reply === undefined || free) return line.close();
    } catch (error) {
      line.close();
      throw error;
    }
    free = line;
    line.timer = setTimeout(() => {
      free = undefined;
      line.close();
    }, SLACK);
  };

  return {
    capabilities: { fence: true, feed: true, flight: true },

    async read(ids, signal) {
      const reply = await ask('read', ids.map(toRecord), [], signal);
      const records = ids.map((_, index): StoredRecord | undefined => {
        const record = reply[index + 3] as [string, number, number, number, number] | null;
        if (!record) return undefined;
        const [since, hard, soft, softAt] = record.slice(1).map(Number) as [number, number, number, number];
        return { data: fromText(String(record[0])), since, hard, soft, softAt };
      });
      return { ...toAnswer(reply), records };
    },

    write: (id, record, { since, turn = '' as const }, signal) =>
      store('write', id, record, [since.epoch, since.sequence, turn], signal),

    put(id, record, { keep, ifSince }, signal) {
      const position = [ifSince?.epoch ?? '', ifSince?.sequence ?? 0];
      return store('put', id, record, [...position, toNames([id]), toSpan(keep), feedLength], signal);
    },

    async drop(marks, { soft, keep }, signal) {
      const args = [toNames(marks), Number(soft), toSpan(keep), feedLength];
      return toAnswer(await ask('drop', soft ? [] : marks.map(toRecord), args, signal));
    },

    async changes(after, wait, signal) {
      for (let rest = Math.min(wait, LONGEST); ;) {
        const reply = await ask('changes', [], [after.epoch, after.sequence], signal);
        const isTrimmed = Number(reply[3]) === 1;
        if (isTrimmed || reply.length > 4 || rest <= 0) {
          const changes: Change[] = [];
          for (let at = 4; at < reply.length; at += 3) {
            const names = JSON.parse(String(reply[at + 1]).slice(1)) as string[];
            changes.push({
              sequence: Number(reply[at]),
              marks: names.map(fromName),
              soft: Number(reply[at + 2]) === 1,
            });
          }
          return { ...toAnswer(reply), changes, isTrimmed };
        }
        try {
          await listen(after.sequence, rest, signal);
          rest = 0;
        } catch {
          const pause = Math.min(rest, poll);
          rest -= pause;
          await within(signal, undefined, pause);
        }
      }
    },

    async renew(epoch, atLeast, signal) {
      return toAnswer(await ask('renew', [], [epoch, feedLength, atLeast], signal));
    },

    async turn(id, { lease, node }, signal) {
      const reply = await ask('turn', [toTurn(id)], [toName(node), toSpan(lease)], signal);
      const turn = Number(reply[3]);
      return { ...toAnswer(reply), ...(turn > 0 ? { turn } : { heldFor: Math.max(1, Number(reply[4])) }) };
    },

    async endTurn(id, turn, signal) {
      return toAnswer(await ask('endTurn', [toTurn(id)], [turn], signal));
    },
  };
}
