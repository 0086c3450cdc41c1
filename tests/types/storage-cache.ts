// The example in the documentation of BaseCache, word for word: tests/package/example.mjs compares and runs it.

import { BaseCache, type Key } from 'keylatch';

class StorageCache extends BaseCache<object> {
  async get(key: Key) {
    const { value, expires } = JSON.parse(localStorage.getItem(`cache:${key}`) ?? '{}');
    if (typeof expires !== 'number' || Date.now() < expires) return value;
    await this.clear(key);
    return undefined;
  }
  async set(keys: Key | Iterable<Key>, value: object, ttl?: number) {
    const expires = ttl ? Date.now() + ttl * 1000 : undefined;
    const list = typeof keys === 'object' ? [...keys] : [keys];
    for (const key of list) localStorage.setItem(`cache:${key}`, JSON.stringify({ value, expires }));
  }
  async clear(key: Key) {
    localStorage.removeItem(`cache:${key}`);
  }
  async flush() {
    for (const key of Object.keys(localStorage)) if (key.startsWith('cache:')) localStorage.removeItem(key);
  }
}

const cache: BaseCache<object> = new StorageCache({ lease: 5, lockTimeout: 5, nulls: true });
void cache.withLock('k', async (lock) => lock.result ?? (await lock.setResult({ any: 'value' }, 600)));
