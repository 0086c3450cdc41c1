// A program with Node's declarations and without those of browsers.

import { readFile } from 'node:fs/promises';
import { Cache, type LoadContext } from 'keylatch';
import { init } from 'keylatch/slim';

const cache = new Cache<string, string>({ max: 5 });

export async function read(path: string): Promise<string> {
  const text = await cache.getOrSet(path, ({ signal }) => readFile(path, { signal, encoding: 'utf8' }));
  return cache.getOrSet(text, async ({ signal }) => (await fetch(text, { signal })).text(), {
    signal: AbortSignal.timeout(5),
  });
}

export async function check({ signal }: LoadContext): Promise<void> {
  signal.throwIfAborted();
  await init(fetch('/cache.wasm'));
  await init(readFile('/cache.wasm'));
}
