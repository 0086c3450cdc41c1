// Cloudflare's own types are those that the stores take. They stand in the place of a browser's.

import { KeylatchObject, durable } from '../../../pkg-template/src/tier/durable.js';
import { kv } from '../../../pkg-template/src/tier/kv.js';
import type { Store } from '../../../pkg-template/src/tier/store.js';

interface Env {
  readonly PLAIN: DurableObjectNamespace;
  readonly CACHE: DurableObjectNamespace<KeylatchObject>;
  readonly VALUES: KVNamespace;
}

export { KeylatchObject };

/** An object with something of the program's own. */
export class Mine extends KeylatchObject {
  constructor(state: DurableObjectState, env: Env) {
    super(state, env);
  }
}

export default {
  async fetch(_, env) {
    const id = env.CACHE.idFromName('a');
    const stores: Store[] = [
      durable(env.PLAIN),
      durable(env.CACHE, { name: 'users' }),
      durable(env.CACHE.jurisdiction('eu')),
      durable(() => env.CACHE.get(id, { locationHint: 'weur' })),
      kv(env.VALUES),
      kv(env.VALUES, { object: durable(env.CACHE), prefix: 'app:', from: 1000 }),
    ];
    // @ts-expect-error: a stub belongs to one request
    durable(env.CACHE.get(id));
    // @ts-expect-error: no namespace of objects
    durable(env.VALUES);
    // @ts-expect-error: no namespace of values
    kv(env.CACHE);
    // @ts-expect-error: an option that does not exist
    kv(env.VALUES, { ttl: 1 });
    return new Response(String(stores.length));
  },
} satisfies ExportedHandler<Env>;
