// Node's diagnostics channels, which Deno, Bun and workerd have too: what a cache does, for tools that watch a program.
// Messages have keys, and never values, which may be secrets.

import { elapsed } from './elapsed.js';
import type { Key } from './key.js';

/** A channel of `node:diagnostics_channel`. */
interface Channel {
  readonly hasSubscribers: boolean;
  publish(message: object): void;
}

/** The channels, by what they are about; none where the runtime has none. */
interface Channels {
  readonly load?: Channel;
  readonly evict?: Channel;
}

/** Made late, because nothing runs at import. */
let channels: Channels | undefined;

function openChannels(): Channels {
  type Module = { channel(name: string): Channel };
  const { process } = globalThis as { process?: { getBuiltinModule?: (name: string) => Module | undefined } };
  try {
    const module = process?.getBuiltinModule?.('node:diagnostics_channel');
    if (module) return { load: module.channel('keylatch:load'), evict: module.channel('keylatch:evict') };
  } catch {
    // In Next's edge runtime, each of the process's functions throws.
  }
  return {};
}

/** Tells of an entry that was evicted, once the call that has evicted it is over: a subscriber may use the cache. */
export function tellEviction(cache: string | undefined, key: Key, namespace: readonly string[]): void {
  const channel = (channels ??= openChannels()).evict;
  if (channel?.hasSubscribers) void Promise.resolve().then(() => channel.publish({ cache, key, namespace }));
}

/** Tells of a loader's call when it has ended: how long it took, in milliseconds, and its error. */
export function tellLoad(
  call: Promise<unknown>,
  cache: string | undefined,
  key: Key,
  namespace: readonly string[],
): void {
  const channel = (channels ??= openChannels()).load;
  if (!channel?.hasSubscribers) return;
  const begun = elapsed();
  const tell = (more: object): void => channel.publish({ cache, key, namespace, duration: elapsed() - begun, ...more });
  call.then(
    () => tell({}),
    (error: unknown) => tell({ error }),
  );
}
