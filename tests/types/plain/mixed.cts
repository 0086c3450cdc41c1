// Import and require in one program: the classes are the same, as they are when it runs.

import required = require('keylatch');
import slim = require('keylatch/slim');
import type { Cache as Imported } from 'keylatch' with { 'resolution-mode': 'import' };

const cache: Imported<string, number> = new required.Cache<string, number>({ max: 5 });
const lock: required.CacheKeyLock<number> = cache.acquire('a');
lock.release();

export async function both(): Promise<void> {
  const imported = await import('keylatch');
  const one: required.Cache<string, number> = new imported.Cache<string, number>({ max: 5 });
  const two: required.BaseCache = new imported.InMemoryCache();
  const three: slim.Cache<string, number> = one;
  const four: required.CacheError = new (await import('keylatch/slim')).CacheError('disposed', 'four');
  await two.set(four.code, three.size);
}
