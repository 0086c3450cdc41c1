// Workers KV alone, as what keeps values.

import { toKey } from '../keys.js';
import type { Values } from '../values.js';
import { toTtl } from './namespace.js';
import type { KvNamespace } from './namespace.js';

/** @param prefix What all keys begin with. */
export function valuesOf(kv: KvNamespace, prefix: string): Values {
  const keyOf = async (name: string): Promise<string> => prefix + (await toKey(name));
  const get = async (name: string): Promise<Uint8Array | undefined> => {
    const value = await kv.get(await keyOf(name), 'arrayBuffer');
    return value === null ? undefined : new Uint8Array(value);
  };
  return {
    get: (names) => Promise.all(names.map(get)),
    put: async (name, value, life) => kv.put(await keyOf(name), value, { expirationTtl: toTtl(life) }),
  };
}
