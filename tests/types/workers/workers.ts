// A program on a platform that declares its signals as classes.

import { Cache, type LoadContext } from 'keylatch';
import { init, initSync } from 'keylatch/slim';

const cache = new Cache<string, string>({ max: 5 });

export async function load(context: LoadContext): Promise<string> {
  context.signal.throwIfAborted();
  return cache.getOrSet('a', async ({ signal }) => (await fetch('/a', { signal })).text(), {
    signal: AbortSignal.timeout(5),
  });
}

declare const module: WebAssembly.Module;
initSync(module);
void init(fetch('/cache.wasm'));
